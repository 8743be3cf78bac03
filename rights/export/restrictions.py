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
}

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def restricted(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """Ground, times, what the client said and why it ended; the latest first."""
    found = Restriction.objects.filter(client=client).select_related("words")
    return [
        {
            "ground": one.ground,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            **(one.words.unlock(keys).opened_values() if hasattr(one, "words") else {}),
        }
        for one in found
    ]
