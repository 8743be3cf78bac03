"""What clients say about what was noted of them, as it stands beside the words that it is about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Statement, StatementState
from components.dates import written

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

ATTACHED = (StatementState.OPEN, StatementState.REFUSED)  # stands beside words that are still there
About = dict[UUID | None, list["Said"]]


@dataclass(frozen=True, slots=True)
class Said:
    """One statement, opened: its row, the client's words, and the words of the answer."""

    row: Statement
    text: str
    answer: str

    @property
    def day(self) -> date:
        """When the client said it."""
        return self.row.said_on or timezone.localdate(self.row.made_at)

    @property
    def is_attached(self) -> bool:
        """Whether it goes along wherever the note goes: it was not taken over, nor taken back."""
        return self.row.state in ATTACHED

    @property
    def line(self) -> str:
        """The statement as a sentence beside the words that it is about."""
        day = written(self.day, "DATE_FORMAT")
        return _("The client says (%(day)s): %(words)s") % {"day": day, "words": self.text}


def said_about(keys: SubjectKeys, contacts: Collection[UUID] | None = None) -> About:
    """What the client of these keys says, as far as one may read it, the oldest first: by contact, and None
    for the background.

    With ``contacts``, of these alone.
    """
    rows = (
        Statement.objects.filter(client=keys.subject).prefetch_related("words").order_by("made_at")
    )
    found: About = {}
    for row in rows if contacts is None else rows.filter(contact_id__in=list(contacts)):
        words = {one.answer: one.unlock(keys).text for one in row.words.all()}
        if False in words:
            found.setdefault(row.contact_id, []).append(
                Said(row, words[False], words.get(True, ""))
            )
    return found


def attached(about: About, contact: UUID | None) -> list[str]:
    """What goes along with the words of a contact wherever they go, as sentences."""
    return [said.line for said in about.get(contact, []) if said.is_attached]
