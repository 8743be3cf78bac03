"""Legal holds, the review of records whose time is over, the schedule."""

from __future__ import annotations

from tests.access.rows import Row

CLIENT = {"client_id": "client"}
SERVE = {
    "volunteer": 200,
    "outsider": 200,
    "coordinator": 200,
    "south_coordinator": 200,
    "president": 200,
    "protection": 200,
    "administrator": 200,
}
HOLD = {"hold_id": "hold"}
# By reference and ground: the two offices too. For others it is not there.
BY_OFFICE = {"volunteer": 404, "outsider": 404, "south_coordinator": 404, "administrator": 404}


def own(name: str, status: int = 200, method: str = "get", **data: str) -> Row:
    """A page of one record, for its coordinators."""
    return Row(name, CLIENT, method, data, coordinator=status, south_coordinator=404)


ROWS = [
    own("hold_list"),
    own("hold_add"),
    own("hold_add", 302, "post", ground="court", why="The court asks."),
    Row("hold_release", HOLD, coordinator=200, president=200, protection=200, **BY_OFFICE),
    Row(
        "hold_release",
        HOLD,
        method="post",
        data={"why": "It is over."},
        coordinator=302,
        president=302,
        protection=302,
        **BY_OFFICE,
    ),
    Row("hold_register", president=200, protection=200),
    Row("hold_register", method="post", president=200, protection=200),
    Row("retention_list", coordinator=200, south_coordinator=200),
    Row("retention_counts", protection=200),
    own("retention_view"),
    own("retention_keep"),
    own("retention_keep", 200, "post", why=""),
    own("retention_unkeep"),
    own("retention_unkeep", 302, "post", why="It is not needed."),
    Row("schedule_view", **SERVE),
    Row("schedule_edit", president=200),
    Row("schedule_edit", method="post", president=200),
    Row("schedule_adopt", president=200),
    Row("schedule_adopt", method="post", president=302),
]
