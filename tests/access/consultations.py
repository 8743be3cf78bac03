"""Expectations for asking a colleague, and for asking somebody to listen."""

from __future__ import annotations

from typing import Any

from tests.access.people import PEOPLE, instead
from tests.access.records import CLIENT, record
from tests.access.rows import Row

ONE = {"consultation_id": "consultation"}
TALK = {"talk_id": "talk"}
TWO_FIELDS = {
    "colleague": "{person}",
    "ground": "client",
    "on_day": "5",
    "on_month": "10",
    "on_year": "2026",
}
QUESTION = {
    "key": "{unknown}",
    "colleague": "{person}",
    "ground": "client",
    "question": "What now?",
    "days": "14",
}
HIDDEN: dict[str, Any] = instead(PEOPLE, 404)

ROWS = [
    record("consultation_list"),
    record("consultation_talk", coordinator=403),
    record("consultation_talk", done=302, coordinator=403, data=TWO_FIELDS),
    record("consultation_add", coordinator=403),
    record("consultation_add", done=302, coordinator=403, data=QUESTION),
    record("consultation_share", coordinator=403, where=CLIENT | {"draft_id": "question"}),
    record(
        "consultation_share",
        done=302,
        coordinator=403,
        where=CLIENT | {"draft_id": "question"},
        data={"identity": "withheld", "question": "What now?"},
    ),
    record("consultation_view", coordinator=403, where=ONE),
    record("consultation_answer", done=302, coordinator=403, where=ONE, data={"text": "Yes."}),
    record("consultation_end", where=ONE),
    record("consultation_end", where=ONE, done=302),
    Row("talk_add", **PEOPLE),
    Row("talk_add", method="post", data={"responder": "{unknown}"}, **PEOPLE),
    Row("talk_answer", where=TALK, method="post", **HIDDEN),
    Row("talk_withdraw", where=TALK, method="post", **HIDDEN | {"volunteer": 302}),
]
