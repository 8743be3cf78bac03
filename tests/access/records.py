"""Expectations for records, explanations, grants, portal access and enquiries."""

from __future__ import annotations

from typing import Any

from tests.access.rows import Row

CLIENT = {"client_id": "client"}
DAY = {"happened_on_day": "5", "happened_on_month": "1", "happened_on_year": "2026"}
ONLY_COUNT = {"channel": "phone", "language": "fr", **DAY}
KEY = {"key": "{unknown}", "branch": "{branch}"}
SPOKEN = {
    "theirs": "on",
    "spoken_on_day": "{day}",
    "spoken_on_month": "{month}",
    "spoken_on_year": "{year}",
    "sure": "on",
}
EXPLAINED = {"explained": "on", "answer": "yes", "channel": "phone", "language": "fr", **DAY}


def record(name: str, *, done: int | None = None, reads: int = 200, **more: Any) -> Row:
    """A page of one record: hidden (404) from everybody outside, whatever their office.

    ``done`` is the status of a form that was sent. Volunteer: assigned; coordinator: of the branch.
    """
    allowed = done or reads
    expected = {"volunteer": allowed, "coordinator": allowed, **more}
    return Row(
        name,
        expected.pop("where", CLIENT),
        method="post" if done else "get",
        outsider=404,
        south_coordinator=404,
        president=404,
        protection=404,
        administrator=404,
        **expected,
    )


def serving(name: str, *, done: int | None = None, **more: Any) -> Row:
    """A page for everybody who serves in a branch, which shows only what is theirs.

    In the branch of another, a form that was sent is shown again (200).
    """
    return Row(
        name,
        method="post" if done else "get",
        volunteer=done or 200,
        coordinator=done or 200,
        outsider=200,
        south_coordinator=200,
        **more,
    )


HEIR = {
    "who": "Claire",
    "quality": "heir",
    "wish": "estate",
    "proof": "none",
    "along": "silent",
    "channel": "phone",
    "received_on_day": "{day}",
    "received_on_month": "{month}",
    "received_on_year": "{year}",
}


def heirs(name: str, *, done: int | None = None, **more: Any) -> Row:
    """A page of a request that the volunteer recorded; hidden from whoever does not see it, but for duties."""
    strangers = ["south_coordinator"]
    if name in ("heir_view", "heir_object", "heir_correct"):  # for everybody who serves
        strangers += ["outsider", "president", "administrator"]
    expected = {**dict.fromkeys(strangers, 404), "coordinator": done or 200, **more}
    return Row(
        name,
        {"request_id": "heir"},
        method="post" if done else "get",
        **expected,
    )


ROWS = [
    serving("client_add"),
    serving("client_add", done=302, data={**KEY, **EXPLAINED, "known_as": "{unknown}"}),
    Row(
        "client_known",
        volunteer=405,
        coordinator=405,
        outsider=405,
        south_coordinator=405,
        president=405,
        protection=405,
        administrator=405,
    ),
    serving("client_known", done=200, data={"branch": "{branch}", "phone": "0639981122"}),
    Row(
        "likeness_looked",
        {"likeness_id": "likeness"},
        volunteer=405,
        coordinator=405,
        outsider=405,
        south_coordinator=405,
        president=405,
        protection=405,
        administrator=405,
    ),
    Row(
        "likeness_looked",
        {"likeness_id": "likeness"},
        method="post",
        volunteer=404,
        coordinator=302,
        outsider=404,
        south_coordinator=404,
    ),
    record("client_view"),
    record("client_number"),
    record("client_edit"),
    record(
        "client_edit", done=302, data={"revision": "1", "given_name": "Odile", "language": "fr"}
    ),
    record("safe_contact_edit"),
    record("safe_contact_edit", done=302, data={"revision": "1", "times": "mornings"}),
    record("background_edit", coordinator=403),
    record("background_edit", done=302, coordinator=403, data={"revision": "1", "text": "New."}),
    record("client_state"),
    record(
        "client_state",
        done=302,
        data={"state": "closed", "since_day": "5", "since_month": "1", "since_year": "2026"},
    ),
    Row(
        "agreement_list",
        coordinator=200,
        south_coordinator=200,
    ),
    record("agreement_add"),
    record(
        "agreement_add",
        done=302,
        data={"answer": "yes", "quality": "self", "channel": "phone", "language": "fr", **DAY},
    ),
    record("agreement_end"),
    record("agreement_end", done=302, data={"channel": "phone", **DAY}),
    record("directive_add"),
    record("directive_add", done=302, data={"fate": "erase", "channel": "phone", **DAY}),
    record("directive_end"),
    record("directive_end", done=302, data={"channel": "phone", **DAY}),
    # Of somebody who lives, nobody is told.
    record("death_told", volunteer=404, coordinator=404, where={**CLIENT, "line": "=1"}),
    record("death_told", done=404, data={"told_on_day": "5"}, where={**CLIENT, "line": "=1"}),
    # Nobody is to be told of this one.
    record(
        "death_untold", done=404, volunteer=404, coordinator=404, where={**CLIENT, "line": "=1"}
    ),
    record("heir_add", where={"client_id": "dead"}),
    record("heir_add", where={"client_id": "dead"}, done=302, data=HEIR),
    Row("heir_list", coordinator=200, south_coordinator=200, protection=200),
    heirs("heir_view", volunteer=200, protection=200),
    heirs("heir_propose"),
    heirs("heir_propose", done=302, data={"answer": "refuse", "text": "No."}),
    # Nothing was proposed yet.
    heirs("heir_confirm", coordinator=403, protection=403),
    heirs("heir_confirm", done=403, protection=403, data={"answer": "confirm", "sure": "on"}),
    heirs("heir_object", volunteer=200, protection=403),
    heirs("heir_object", done=302, volunteer=302, protection=403, data={"who": "Paul"}),
    heirs("heir_correct", volunteer=200, protection=403),
    heirs(
        "heir_correct",
        done=302,
        volunteer=302,
        protection=403,
        data={"proof": "none", "along": "silent"},
    ),
    # Nobody objects: it leads back.
    heirs("heir_settle", coordinator=302),
    heirs("heir_settle", done=302, data={"text": "They agree."}),
    # Of the space that the volunteer opened for the client; it is not paused.
    record("portal_resume", where={"access_id": "access"}),
    record("portal_resume", done=302, where={"access_id": "access"}),
    record("client_messages"),
    # A coordinator has the notes closed: opens them first, and says why.
    record(
        "client_messages",
        done=302,
        coordinator=403,
        data={"text": "At ten.", "key": "{unknown}", "seen": "{message}"},
    ),
    # Somebody can read this one: for the lead and the president it is not there.
    Row("message_unread", {"message_id": "message"}, protection=404, president=404),
    Row(
        "message_unread",
        {"message_id": "message"},
        method="post",
        data={"told_by": "{person}"},
        protection=404,
        president=404,
    ),
    record("client_messages_settle", done=302, coordinator=403, data={"seen": "{message}"}),
    record("restriction_add"),
    record("restriction_add", done=302, data={"ground": "objection", "why": "No."}),
    # Nothing to end: it leads back. A volunteer ends none.
    record("restriction_end", volunteer=403, coordinator=302),
    record(
        "restriction_end",
        done=302,
        data={"why": "Settled.", "told": "on"},
        where={"client_id": "restricted"},
        volunteer=403,
    ),
    record("explanation_add"),
    record("explanation_add", done=302, data=EXPLAINED),
    record("leaflet"),
    record("grant_list"),
    record("grant_add", volunteer=403),
    record("grant_add", done=302, volunteer=403, data={"person": "{person}", "scope": "errand"}),
    record("grant_end", where={"grant_id": "grant"}, volunteer=403),
    record("grant_end", where={"grant_id": "grant"}, volunteer=403, done=302),
    record("notes_open", volunteer=403),
    record("notes_open", volunteer=403, done=302, data={"reason": "coordination"}),
    record("portal_open"),
    record("portal_open", done=302, data={"mode": "open"}),
    record("portal_card"),
    record("portal_card", done=200),
    record("portal_close"),
    record("portal_close", done=302),
    # Whoever opened it is told who can confirm it, and cannot.
    record("portal_confirm", where={"access_id": "access"}),
    record("portal_confirm", where={"access_id": "access"}, done=302, data=SPOKEN),
    record("portal_unconfirm", where={"access_id": "confirmed"}, volunteer=403),
    record("portal_unconfirm", where={"access_id": "confirmed"}, volunteer=403, done=302),
    Row("portal_confirm_named", president=200),
    Row(
        "portal_confirm_named",
        method="post",
        president=302,
        data={"username": "{user_name}", **SPOKEN},
    ),
    serving("enquiry_list"),
    serving("enquiry_add"),
    serving("enquiry_add", done=302, data={**KEY, **ONLY_COUNT}),
]
