"""Changing hands, leavers, and whom the client lets be told."""

from __future__ import annotations

from tests.access.records import record
from tests.access.rows import Row

LEFT = {"departure_id": "departure"}
TOLD = {"may_know_id": "may_know"}
OFFICE = {"volunteer": 404, "outsider": 404, "south_coordinator": 404, "administrator": 404}
PERSON = {"person_id": "person"}
TO_SOMEBODY = {"clients": "{client}", "person": "{person}", "history": "all"}

ROWS = [
    Row("handover_add", PERSON, coordinator=200, south_coordinator=200),
    Row(
        "handover_add",
        {"person_id": "volunteer_id"},
        method="post",
        data=TO_SOMEBODY,
        coordinator=302,
        south_coordinator=200,
    ),
    record("client_move", volunteer=403),
    record("client_move", volunteer=403, done=302, data={"branch": "{south}"}),
    Row("leaver_view", LEFT, coordinator=200, president=200, protection=200, **OFFICE),
    Row("leaver_reminder", LEFT, coordinator=200, president=200, protection=200, **OFFICE),
    Row(
        "leaver_note",
        LEFT,
        method="post",
        data={"what": "signed"},
        coordinator=302,
        president=302,
        protection=302,
        **OFFICE,
    ),
    record("may_know_add"),
    record("may_know_add", done=302, data={"person": "Claire", "what": "Visits"}),
    record("may_know_end", where=TOLD),
    record("may_know_end", where=TOLD, done=302),
    Row("portal_who", client=200),
    Row("portal_take_back", TOLD, client=200),
    Row("portal_take_back", TOLD, method="post", client=302),
]
