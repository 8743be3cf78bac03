"""Disclosures: for those who serve and may see the client; the recipient's page for anybody."""

from tests.access.rows import Row

ONE = {"disclosure_id": "disclosure"}
CLIENT = {"client_id": "client"}
HEARD = {
    "channel": "phone",
    "happened_on_day": "5",
    "happened_on_month": "1",
    "happened_on_year": "2026",
}


def hidden_elsewhere(name: str, where: dict[str, str], **more: object) -> Row:
    """A page about a client: the same 404 for those who serve in another branch."""
    return Row(name, where, outsider=404, south_coordinator=404, **more)  # type: ignore[arg-type]


def anybody(method: str) -> Row:
    """A link that leads nowhere, whoever comes by it."""
    return Row(
        "delivery_open",
        {"secret": "=no-such-link"},
        method=method,
        data={"passphrase": "bado"},
        nobody=404,
        newcomer=404,
        volunteer=404,
        outsider=404,
        coordinator=404,
        south_coordinator=404,
        president=404,
        protection=404,
        administrator=404,
        client=404,
    )


ROWS = [
    Row("disclosure_list", volunteer=200, outsider=200, coordinator=200, south_coordinator=200),
    hidden_elsewhere("disclosure_client_list", CLIENT, volunteer=200, coordinator=200),
    hidden_elsewhere("disclosure_add", CLIENT, volunteer=200, coordinator=200),
    hidden_elsewhere(
        "disclosure_add",
        CLIENT,
        method="post",
        volunteer=302,
        coordinator=302,
        data={"ground": "law", "ground_details": "An order.", "new_id": "{unknown}"},
    ),
    hidden_elsewhere("disclosure_view", ONE, volunteer=200, coordinator=200),
    hidden_elsewhere("disclosure_edit", {**ONE, "step": "=client"}, volunteer=302),
    hidden_elsewhere("disclosure_edit", {**ONE, "step": "=why"}, method="post", volunteer=302),
    hidden_elsewhere("disclosure_ask", ONE, method="post", volunteer=302),
    hidden_elsewhere("disclosure_notes", ONE, method="post", coordinator=302),
    hidden_elsewhere("disclosure_decide", ONE, coordinator=200),
    hidden_elsewhere("disclosure_decide", ONE, method="post", coordinator=200),
    hidden_elsewhere("disclosure_release", ONE, coordinator=302),
    hidden_elsewhere("disclosure_release", ONE, method="post", coordinator=302),
    hidden_elsewhere("disclosure_telling", ONE, coordinator=302),
    hidden_elsewhere("disclosure_telling", ONE, method="post", coordinator=302),
    hidden_elsewhere("will_take_back", CLIENT, volunteer=200, coordinator=200),
    hidden_elsewhere(
        "will_take_back", CLIENT, method="post", volunteer=302, coordinator=302, data=HEARD
    ),
    hidden_elsewhere("disclosure_will", ONE, volunteer=200, coordinator=200),
    hidden_elsewhere(
        "disclosure_will",
        ONE,
        method="post",
        volunteer=302,
        coordinator=302,
        data={"said": "withdrawn", **HEARD},
    ),
    # It waits for a decision: there is nothing to recall yet.
    hidden_elsewhere("disclosure_recall", ONE, volunteer=302, coordinator=302),
    hidden_elsewhere("disclosure_recall", ONE, method="post", volunteer=302, coordinator=302),
    hidden_elsewhere("disclosure_cancel", ONE, volunteer=200, coordinator=200),
    hidden_elsewhere(
        "disclosure_cancel",
        ONE,
        method="post",
        data={"reason": "Not needed."},
        volunteer=302,
        coordinator=302,
    ),
    # Nothing of it was shared yet: tests/disclosures/test_recipients.py.
    hidden_elsewhere("recipient_list", {"statement_id": "accepted"}, coordinator=200),
    hidden_elsewhere("recipient_letter", {"statement_id": "accepted", **ONE}, coordinator=404),
    hidden_elsewhere(
        "recipient_told",
        {"statement_id": "accepted", **ONE},
        method="post",
        data={
            "channel": "letter",
            "told_on_day": "{day}",
            "told_on_month": "{month}",
            "told_on_year": "{year}",
        },
        coordinator=302,
    ),
    anybody("get"),
    anybody("post"),
]
