"""Sealed rows of one client as plain data, with what each said before it was corrected."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from clients.models import (
    AgreementWords,
    Attachment,
    Background,
    Client,
    ContactNote,
    DirectiveWords,
    ExplanationWords,
    HeirWords,
    Identity,
    MessageWords,
    RestrictionWords,
    Revision,
    SafeContact,
    StatementWords,
    WhoMayKnow,
)
from disclosures.models import (
    DisclosureDetail,
    DisclosureItem,
    DisclosureOutcome,
    DisclosureWords,
    Will,
)
from rights.models import HoldWords, LongerKept, RequestNote, SubjectRequestWords
from vault.sealed import SealedModel, open_row

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

SEALED = (
    AgreementWords,
    Identity,
    SafeContact,
    Background,
    ExplanationWords,
    DirectiveWords,
    HeirWords,
    RestrictionWords,
    MessageWords,
    StatementWords,
    ContactNote,
    Attachment,
    SubjectRequestWords,
    RequestNote,
    HoldWords,
    LongerKept,
    DisclosureWords,
    DisclosureOutcome,
    DisclosureItem,
    DisclosureDetail,
    WhoMayKnow,
    Will,
)


class Rows:
    """Opens rows of one client with keys that the door gave. Needs the actor's transaction.

    Without ``history`` it leaves out what rows said before they were corrected.
    """

    def __init__(self, client: Client, keys: SubjectKeys, *, history: bool = True) -> None:
        self.client = client
        self.keys = keys
        self.revisions: dict[UUID, list[Revision]] = defaultdict(list)
        kept = Revision.objects.filter(client=client).order_by("revision")
        for revision in kept if history else ():
            self.revisions[revision.row].append(revision)

    def one(self, model: type[SealedModel], *clear: str) -> dict[str, Any]:
        """The one row that a client has in ``model``; empty where there is none."""
        row = model._default_manager.filter(client=self.client).first()  # type: ignore[misc]
        return self.row(row, *clear) if row else {}

    def row(self, row: SealedModel, *clear: str) -> dict[str, Any]:
        """A sealed row's values, these clear columns, and what it said before."""
        values = row.unlock(self.keys).opened_values()
        said = {name: values.get(name, getattr(row, name)) for name in _names(type(row))}
        found = {**{name: getattr(row, name) for name in clear}, **said}
        earlier = self.earlier(row.pk, *clear)
        return {**found, "earlier": earlier} if earlier else found

    def earlier(self, row: UUID, *clear: str) -> list[dict[str, Any]]:
        """What a row said in earlier revisions, the oldest first."""
        kept = []
        for revision in self.revisions.get(row, ()):
            found = {name: revision.clear.get(name) for name in clear}
            if revision.sealed is not None:
                model = next(m for m in SEALED if m._meta.db_table == revision.table)
                values = open_row(
                    model, row, revision.revision, revision.sealed, revision.clear, self.keys
                )
                found |= {name: values.get(name, "") for name in _names(model)}
            kept.append({"replaced_at": revision.replaced_at, **found})
        return kept


def _names(model: type[SealedModel]) -> list[str]:
    return sorted(model.sealed_names())
