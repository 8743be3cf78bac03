"""What was shared inside the team on one of the two grounds (P5), as the client sees it: roles, no names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clients.models import Client, Consultation, ConsultationEntry, Contact, Grant, Ground

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vault.keys import SubjectKeys


@dataclass(frozen=True)
class Shared:
    """One consultation: the row, the contacts that a colleague could read, the parts that were copied."""

    row: Consultation
    contacts: list[Contact]
    parts: list[ConsultationEntry]

    @property
    def for_the_volunteer(self) -> bool:
        """Whether it was to support the volunteer."""
        return self.row.ground == Ground.VOLUNTEER


def consulted(client: Client, keys: SubjectKeys) -> list[Shared]:
    """All of them, the latest first; none in quiet mode, where the database shows none."""
    rows = list(Consultation.objects.filter(client=client).order_by("-starts_at", "id"))
    if not rows:
        return []
    parts = ConsultationEntry.objects.filter(client=client, kind=ConsultationEntry.Kind.PART)
    grants = Grant.objects.filter(client=client, contact__isnull=False).select_related("contact")
    copied = _by([part.unlock(keys) for part in parts.order_by("made_at", "id")], "consultation_id")
    whole = _by(grants.order_by("starts_at", "id"), "act")
    return [
        Shared(row, [grant.contact for grant in whole.get(row.pk, [])], copied.get(row.pk, []))
        for row in rows
    ]


def _by(rows: Iterable[Any], name: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found
