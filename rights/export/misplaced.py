"""What is left of a contact that was noted on this client by mistake, as plain data and in words."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Contact

SEEN = ("seen_by_client", "seen_by_volunteers", "seen_by_coordinators", "seen_by_others")


def noted_by_mistake(contact: Contact) -> dict[str, Any]:
    """The day, when it was removed and by which role, and who could read it: nothing of what it said."""
    misplaced = contact.misplaced
    return {
        "happened_on": contact.happened_on,
        "removed_at": contact.taken_out_at,
        "removed_by": contact.taken_out_by,
        **{name: getattr(misplaced, name) for name in SEEN},
    }


def printed(one: dict[str, Any]) -> dict[str, Any]:
    """The same as a contact of the printed record."""
    day = date_format(timezone.localdate(one["removed_at"]), "DATE_FORMAT")
    said = _("Something was noted here that was not about you. We removed it on %(day)s.")
    return {
        "date": one["happened_on"],
        "channel": _("Noted by mistake"),
        "notes": said % {"day": day},
        "earlier": [],
    }
