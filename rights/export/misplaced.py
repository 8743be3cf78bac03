"""What is left of a contact that was noted on this client by mistake, as plain data and in words."""

from __future__ import annotations

from typing import Any

from clients.models import Contact

SEEN = ("made_at", "seen_by_client", "seen_by_volunteers", "seen_by_coordinators", "seen_by_others")


def noted_by_mistake(contact: Contact) -> dict[str, Any]:
    """The day, when it was removed and by which role, and who could read it: nothing of what it said."""
    misplaced = contact.misplaced
    return {
        "happened_on": contact.happened_on,
        "removed_at": contact.taken_out_at,
        "removed_by": contact.taken_out_by,
        **{name: getattr(misplaced, name) for name in SEEN},
    }
