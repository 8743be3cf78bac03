"""What the client said about what was noted of them: data for the export, words for its print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.access.statements import said_about
from clients.models import StatementState

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

CLEAR = ("state", "channel", "said_on", "made_at", "answered_at", "withdrawn_at")


def stated(keys: SubjectKeys) -> dict[UUID | None, list[dict[str, Any]]]:
    """All statements with the answers, the oldest first: by contact, None for the background."""
    return {
        contact: [
            {
                **{name: getattr(said.row, name) for name in CLEAR},
                "text": said.text,
                "answer": said.answer,
            }
            for said in found
        ]
        for contact, found in said_about(keys).items()
    }


def in_words(one: dict[str, Any]) -> str:
    """A statement and what became of it, as the client reads it beside the note."""
    day = one["said_on"] or timezone.localdate(one["made_at"])
    lines = [_("You say (%(day)s): %(words)s") % {"day": _day(day), "words": one["text"]}]
    if one["state"] == StatementState.WITHDRAWN:
        lines.append(_("You took this back."))
    elif one["answered_at"]:
        when = _day(timezone.localdate(one["answered_at"]))
        lines.append(_("Our answer (%(day)s): %(words)s") % {"day": when, "words": one["answer"]})
    return "\n".join(lines)


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT")
