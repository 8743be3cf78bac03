"""When the record was restricted, as plain data for the export and for the client's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client, Restriction, RestrictionGround

# The grounds as the client reads them.
GROUNDS = {
    RestrictionGround.WITHDRAWN: _("You do not agree, or no longer, to our keeping it"),
    RestrictionGround.CONTESTED: _("You told us that something in it is not right"),
    RestrictionGround.UNLAWFUL: _("We should not have kept it, and you asked us not to delete it"),
    RestrictionGround.CLAIMS: _("We no longer need it, and you need it for legal claims"),
    RestrictionGround.OBJECTION: _("You objected, and we have not answered yet"),
    RestrictionGround.ASKED: _("You asked us not to use it, and we have not answered yet"),
}

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def restricted(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """Ground, times, what the client said and why it ended; the latest first."""
    found = Restriction.objects.filter(client=client).prefetch_related("words")
    return [_one(restriction, keys) for restriction in found]


def _one(restriction: Restriction, keys: SubjectKeys) -> dict[str, Any]:
    said = {words.lifted: words.unlock(keys).text for words in restriction.words.all()}
    return {
        "ground": restriction.ground,
        "starts_at": restriction.starts_at,
        "ends_at": restriction.ends_at,
        "why": said.get(False, ""),
        "why_lifted": said.get(True, ""),
    }
