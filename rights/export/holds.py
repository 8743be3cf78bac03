"""For which reasons the record must be kept, as plain data for the copy and for the client's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from rights.models import Hold, HoldGround

# The grounds as the client reads them.
GROUNDS = {
    HoldGround.LEGAL_CLAIM: _("A legal claim was made, or is to be expected"),
    HoldGround.COMPLAINT: _("Because of a complaint"),
    HoldGround.AUTHORITY: _("An authority asks for it"),
    HoldGround.COURT: _("A court orders it"),
    HoldGround.OTHER: _("Another reason"),
}

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def held(client: Client, keys: SubjectKeys, *, handed: bool = False) -> list[dict[str, Any]]:
    """Ground, times and words, the latest first; nothing of complaints in a copy that the team hands over."""
    found = Hold.objects.filter(client=client).prefetch_related("words")
    found = found.exclude(ground=HoldGround.COMPLAINT) if handed else found
    return [
        {
            "ground": hold.ground,
            "placed_at": hold.placed_at,
            "released_at": hold.released_at,
            "words": [
                {"released": words.released, "text": words.unlock(keys).text}
                for words in hold.words.all()
            ],
        }
        for hold in found
    ]
