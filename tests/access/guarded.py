"""Conflicts of interest, complaints, links and protected records; the client's complaints in the portal."""

from __future__ import annotations

from typing import Any

from tests.access.records import record
from tests.access.rows import Row

# Everybody who serves: they say that a record is their own.
TEAM: dict[str, Any] = dict.fromkeys(
    (
        "volunteer",
        "outsider",
        "coordinator",
        "south_coordinator",
        "president",
        "protection",
        "administrator",
    ),
    200,
)
WORDS = {"words": "Nobody came, twice."}
MARK = {"person": "{person}", "reason": "friend"}
COMPLAINT = {"complaint_id": "complaint"}
PERSON = {"person_id": "person"}
HEARING: dict[str, Any] = {
    "coordinator": 200,
    "south_coordinator": 200,
    "president": 200,
    "protection": 200,
}
# One about the association: heard by the branch's coordinators, the president and the lead.
HEARS: dict[str, Any] = {"coordinator": 200, "president": 200, "protection": 200}
HIDDEN: dict[str, Any] = {
    "volunteer": 404,
    "outsider": 404,
    "south_coordinator": 404,
    "administrator": 404,
}


def complaint(name: str, done: int = 0, **data: str) -> Row:
    """A page of a complaint: the same 404 to whoever does not hear it. ``done``: a form that was sent."""
    hears = dict.fromkeys(HEARS, done or 200)
    return Row(name, COMPLAINT, "post" if done else "get", data, **HIDDEN, **hears)


def portal(name: str, **more: Any) -> Row:
    """A page for clients only."""
    return Row(name, client=more.pop("client", 200), **more)


ROWS = [
    record("conflict_self"),
    record("conflict_self", done=302, data={"reason": "friend", "alone": "on"}),
    record("conflict_list", volunteer=403),
    record("conflict_add", volunteer=403),
    record("conflict_add", volunteer=403, done=302, data=MARK),
    Row("conflict_person", PERSON, coordinator=200, president=200),
    Row("conflict_person_add", PERSON, coordinator=200, president=200),
    Row(
        "conflict_person_add",
        PERSON,
        method="post",
        coordinator=302,
        president=302,
        data={"person": "{newcomer}", "reason": "friend"},
    ),
    record("conflict_end", where={"conflict_id": "conflict"}, volunteer=404),
    record("conflict_end", where={"conflict_id": "conflict"}, volunteer=404, done=302),
    Row("complaint_list", **HEARING),
    record("complaint_add"),
    record("complaint_add", done=302, data={"kind": "association", **WORDS}),
    Row("complaint_add_reference", protection=200),
    Row(
        "complaint_add_reference",
        method="post",
        protection=302,
        data={"client": "{reference}", "kind": "association", **WORDS},
    ),
    Row("complaint_add_branch", president=200, protection=200),
    Row(
        "complaint_add_branch",
        method="post",
        president=302,
        protection=302,
        data={"branch": "{branch}", "kind": "association", **WORDS},
    ),
    # The president alone says whom it is not about; the record is closed where somebody is named.
    Row(
        "complaint_clear",
        {**COMPLAINT, "person_id": "deputy"},
        **HIDDEN,
        coordinator=403,
        president=200,
        protection=200,
    ),
    Row(
        "complaint_clear",
        {**COMPLAINT, "person_id": "deputy"},
        "post",
        **HIDDEN,
        coordinator=403,
        president=302,
        protection=302,
    ),
    Row("complaint_shut", COMPLAINT, **HIDDEN, **dict.fromkeys(HEARS, 302)),
    Row("complaint_shut", COMPLAINT, "post", **HIDDEN, **dict.fromkeys(HEARS, 302)),
    Row("complaint_count", COMPLAINT, **HIDDEN, **dict.fromkeys(HEARS, 302)),
    Row("complaint_count", COMPLAINT, "post", **HIDDEN, **dict.fromkeys(HEARS, 302)),
    complaint("complaint_view"),
    complaint("complaint_note"),
    complaint("complaint_note", 302, **WORDS),
    complaint("complaint_hand"),
    complaint("complaint_hand", 302, person="{deputy}"),
    complaint("complaint_answer"),
    complaint("complaint_answer", 302, **WORDS),
    complaint("conflict_complaint_add"),
    complaint("conflict_complaint_add", 302, **MARK),
    record("link_find"),
    record("link_find", done=200, data={"words": "nobody at all"}),
    record("link_add", reads=302),
    record("link_add", done=302, data={"other": "", "tie": "couple"}),
    record("link_end", where={"client_id": "client", "link_id": "link"}),
    record("link_end", where={"client_id": "client", "link_id": "link"}, done=302),
    record("client_serves", volunteer=403),
    record(
        "client_serves",
        volunteer=403,
        done=302,
        data={"person": "{person}", "named": "{volunteer_id}", "sure": "on"},
    ),
    Row("own_record", **TEAM),
    Row("own_record", method="post", data={"name": "C-222222"}, **dict.fromkeys(TEAM, 302)),
    record("client_protect", volunteer=403),
    record("client_protect", volunteer=403, done=302, data={"named": "{deputy}", "sure": "on"}),
    record("client_unprotect", volunteer=403),
    record("client_unprotect", volunteer=403, done=302),
    # Its coordinators are there, so that for an office there is nothing to do.
    Row("protected_name", {"client_id": "client"}, president=404, protection=404),
    Row(
        "protected_name",
        {"client_id": "client"},
        method="post",
        data={"person": "{deputy}"},
        president=404,
        protection=404,
    ),
    portal("portal_complaints"),
    portal("portal_complaint_add"),
    portal("portal_complaint_add", method="post", client=302, data={"kind": "unsaid", **WORDS}),
    portal("portal_complaint_more", where=COMPLAINT),
    portal("portal_complaint_more", where=COMPLAINT, method="post", client=302, data=WORDS),
]
