"""What every page shows round its content: navigation, who is signed in, the ways out.

Asks the database nothing, so that error pages can use it, before and after a broken transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from audit.actor import Actor
from components.showing import url_for
from volunteers.models import DutyKind
from volunteers.quiet import IN_QUIET, UNCONFIRMED
from volunteers.speaking import neutral_name

LARGE_TEXT = "large_text"  # the cookie of a browser that shows larger text
SETS = 200  # of entries that are kept: one for each set of duties and language that is met
ANYBODY = frozenset(DutyKind.values)
SERVING = frozenset({DutyKind.VOLUNTEER, DutyKind.COORDINATOR})


@dataclass(frozen=True)
class Entry:
    """One entry of the main navigation; ``duties`` says for whom."""

    name: str
    label: Any
    icon: str
    duties: frozenset[str] = ANYBODY
    alone: bool = (
        False  # its address begins those of all others, and is current only on its own page
    )


@dataclass(frozen=True)
class Item:
    """An entry as the page draws it."""

    url: str
    label: str
    icon: str
    current: bool
    alone: bool = False


# The first four are in sight on a phone; the others fold behind "More".
FOR_PEOPLE = (
    Entry("home", gettext_lazy("Home"), "home", alone=True),
    Entry("client_list", gettext_lazy("Clients"), "heart", SERVING),
    Entry("emergency_open", gettext_lazy("Emergency"), "warning", SERVING),
    Entry("log_list", gettext_lazy("The log"), "eye", frozenset({DutyKind.PROTECTION})),
    Entry("follow_up_list", gettext_lazy("Follow-ups"), "calendar", SERVING),
    Entry(
        "request_list",
        gettext_lazy("Requests"),
        "flag",
        frozenset({DutyKind.COORDINATOR}),
    ),
    # For the duty, not for the number of complaints: it betrays none.
    Entry(
        "complaint_list",
        gettext_lazy("Complaints"),
        "bell",
        frozenset({DutyKind.COORDINATOR, DutyKind.PRESIDENT, DutyKind.PROTECTION}),
    ),
    Entry("people_list", gettext_lazy("Colleagues"), "people"),
    Entry("disclosure_list", gettext_lazy("Disclosures"), "share", SERVING),
    Entry("enquiry_list", gettext_lazy("Enquiries"), "phone", SERVING),
    Entry(
        "branch_list",
        gettext_lazy("Branches"),
        "settings",
        frozenset({DutyKind.ADMINISTRATOR, DutyKind.COORDINATOR, DutyKind.PRESIDENT}),
    ),
    Entry("paper_list", gettext_lazy("Print the leaflet"), "document", SERVING),
    Entry("policy_list", gettext_lazy("Our code"), "shield"),
    Entry(
        "association_edit",
        gettext_lazy("The association"),
        "home",
        frozenset({DutyKind.PRESIDENT}),
    ),
)
# Neutral words only: somebody may look over the shoulder.
FOR_CLIENTS = (
    Entry("portal_home", gettext_lazy("Home"), "home", alone=True),
    Entry("portal_record", gettext_lazy("My details"), "user"),
    Entry("portal_contacts", gettext_lazy("Contacts"), "note"),
    Entry("portal_messages", gettext_lazy("Messages"), "edit"),
    Entry("portal_requests", gettext_lazy("Requests"), "flag"),
    Entry("portal_complaints", gettext_lazy("Complaints"), "bell"),
    Entry("portal_who", gettext_lazy("Who may know"), "people"),
    Entry("portal_seen", gettext_lazy("Who has looked"), "eye"),
    Entry("portal_disclosures", gettext_lazy("What we have shared"), "share"),
    Entry("portal_export", gettext_lazy("Get a copy"), "download"),
    Entry("portal_choices", gettext_lazy("Settings"), "settings"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page, from the actor that is already known."""
    actor = getattr(request, "actor", None) or Actor("")  # an error before the door
    frame = {
        "demonstration": settings.DEMONSTRATION,
        "home_url": address("home") or "/",
        "privacy_url": address("privacy"),
        # In quiet mode no page leads to the name of the association.
        "legal_url": None if actor.quiet else address("legal"),
        "site_name": neutral_name(),
        "large_text": request.COOKIES.get(LARGE_TEXT) == "1",
    }
    if actor.kind == "user":
        frame |= {
            "alive_url": address("session_alive"),
            "idle_minutes": settings.SESSION_IDLE_MINUTES,
        }
    if actor.client:
        return frame | {
            "home_url": address("portal_home") or "/",
            "quick_exit_url": address("portal_leave"),
            "navigation": navigation(request.path, in_space(actor), ANYBODY),
            "navigation_user": {
                "name": _("My account"),
                "account_url": address("portal_password"),
                "account_label": _("My password"),
                "sign_out_url": address("sign_out"),
            },
        }
    if actor.person:
        duties = frozenset(actor.duties) if actor.cleared else frozenset()
        return frame | {
            "to_sign_by": actor.to_sign_by if actor.cleared else None,
            "navigation": navigation(request.path, FOR_PEOPLE, duties),
            "navigation_user": {
                "name": actor.said.get("name", ""),
                "roles": ", ".join(str(DutyKind(duty).label) for duty in sorted(actor.duties)),
                "account_url": address("account"),
                "talk_url": address("talk_add") if actor.cleared else None,
                "sign_out_url": address("sign_out"),
            },
        }
    return frame


def in_space(actor: Actor) -> tuple[Entry, ...]:
    """The entries of a client's own space."""
    if actor.quiet:
        return tuple(entry for entry in FOR_CLIENTS if entry.name in IN_QUIET)
    if not actor.confirmed:
        return tuple(entry for entry in FOR_CLIENTS if entry.name in UNCONFIRMED)
    return FOR_CLIENTS


def navigation(path: str, entries: tuple[Entry, ...], duties: frozenset[str]) -> list[Item]:
    """The entries for somebody with these duties; what leads nowhere is left out."""
    items = offered(get_language(), get_script_prefix(), entries, duties)
    here = [
        item.url
        for item in items
        if path == item.url or (not item.alone and path.startswith(item.url))
    ]
    longest = max(here, key=len, default=None)
    return [replace(item, current=True) if item.url == longest else item for item in items]


@lru_cache(SETS)
def offered(
    language: str | None, prefix: str, entries: tuple[Entry, ...], duties: frozenset[str]
) -> tuple[Item, ...]:
    """The entries in this language, below this prefix; both are those of the moment."""
    shown = ((address(entry.name), entry) for entry in entries if entry.duties & duties)
    return tuple(
        Item(url, str(entry.label), entry.icon, False, entry.alone) for url, entry in shown if url
    )


def address(name: str) -> str | None:
    """The address of a page without arguments, or None where there is no such page."""
    try:
        return url_for(name)
    except NoReverseMatch:
        return None
