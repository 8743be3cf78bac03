"""Expectations for emergency access, its reviews, breaches, and lone visits."""

from __future__ import annotations

from tests.access.rows import Row

# The emergency is the colleague's; the visit is the volunteer's, watched by the coordinator.
EMERGENCY = {"emergency_id": "emergency"}
OUT = {"visit_id": "out"}
HIDDEN = {
    "volunteer": 404,
    "outsider": 404,
    "south_coordinator": 404,
    "president": 404,
    "administrator": 404,
}
NOT_THEIRS = {
    "newcomer": 404,  # a visit goes on whatever is to be signed
    "outsider": 404,
    "south_coordinator": 404,
    "president": 404,
    "protection": 404,
    "administrator": 404,
}
SERVES = {"volunteer": 200, "outsider": 200, "coordinator": 200, "south_coordinator": 200}
SENT = {"reason": "call", "who": "Nobody Atall", "branch": "{branch}"}
GOING = {"where": "4 rue Basse", "length": "60", "buddy": "{person}"}

ROWS = [
    Row("emergency_open", **SERVES),  # type: ignore[arg-type]
    Row("emergency_open", method="post", data=SENT, **SERVES),  # type: ignore[arg-type]
    # Whoever opened it reads it; others are led to the review.
    Row("emergency_view", EMERGENCY, coordinator=302, protection=302, **HIDDEN),
    Row(
        "emergency_view",
        EMERGENCY,
        method="post",
        data={"text": "They were calling."},
        coordinator=302,
        protection=302,
        **HIDDEN,
    ),
    Row("emergency_rest", EMERGENCY, method="post", coordinator=302, protection=302, **HIDDEN),
    Row("emergency_end", EMERGENCY, method="post", coordinator=302, protection=403, **HIDDEN),
    Row("emergency_review", EMERGENCY, coordinator=200, protection=403, **HIDDEN),
    Row(
        "emergency_review",
        EMERGENCY,
        method="post",
        coordinator=302,
        protection=403,
        data={"outcome": "justified", "text": "It was right."},
        **HIDDEN,
    ),
    Row("breach_list", protection=200),
    Row("visit_start", **SERVES),  # type: ignore[arg-type]
    Row(
        "visit_start",
        method="post",
        data=GOING,
        volunteer=302,
        coordinator=302,
        outsider=200,
        south_coordinator=200,
    ),
    Row(
        "visit_watch",
        newcomer=200,
        volunteer=200,
        outsider=200,
        coordinator=200,
        south_coordinator=200,
        president=200,
        protection=200,
        administrator=200,
    ),
    Row("visit_place", OUT, volunteer=200, coordinator=403, **NOT_THEIRS),
    Row("visit_later", OUT, method="post", volunteer=302, coordinator=403, **NOT_THEIRS),
    Row("visit_alarm", OUT, method="post", volunteer=302, coordinator=403, **NOT_THEIRS),
    Row("visit_safe", OUT, method="post", volunteer=302, coordinator=403, **NOT_THEIRS),
]
