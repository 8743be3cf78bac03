"""The client's own space, and clients' requests at the coordinators'."""

from tests.access.records import record
from tests.access.rows import Row

PASSWORD = {
    "new_password1": "seven quiet herons at dusk",
    "new_password2": "seven quiet herons at dusk",
}

# For whom a copy is not there.
ABSENT = dict.fromkeys(
    ("volunteer", "outsider", "south_coordinator", "president", "protection", "administrator"), 404
)


def portal(name: str, **more: object) -> Row:
    """A page for clients only: 403 for everybody who serves."""
    return Row(name, client=more.pop("client", 200), **more)  # type: ignore[arg-type]


ROWS = [
    portal("portal_home"),
    portal("portal_record"),
    portal("portal_contacts"),
    portal("portal_statement_add", where={"contact_id": "contact"}),
    portal(
        "portal_statement_add",
        where={"contact_id": "contact"},
        method="post",
        data={"words": "It was Wednesday."},
        client=302,
    ),
    portal("portal_statement_background"),
    portal(
        "portal_statement_background",
        method="post",
        data={"words": "I live with my son."},
        client=302,
    ),
    portal("portal_statement_withdraw", where={"statement_id": "statement"}),
    portal(
        "portal_statement_withdraw",
        where={"statement_id": "statement"},
        method="post",
        client=302,
    ),
    portal("portal_seen"),
    portal("portal_seen_day", where={"day": "=2001-01-01"}, client=404),
    portal("portal_proof", where={"event_id": "unknown"}, client=404),
    portal("portal_check"),
    portal("portal_check_file", data={"since": "{sealed}"}),
    portal("portal_check_entries", where={"place": "=nowhere"}, client=404),
    portal("portal_disclosures"),
    portal("portal_disclosure_end", where={"disclosure_id": "disclosure"}),
    portal(
        "portal_disclosure_end", where={"disclosure_id": "disclosure"}, method="post", client=302
    ),
    portal("portal_requests"),
    portal("portal_request_add"),
    portal(
        "portal_request_add",
        method="post",
        data={"kind": "correction", "words": "My house number is 9."},
        client=302,
    ),
    portal("portal_choices"),
    portal("portal_notes", method="post", data={"shown": "yes"}, client=302),
    portal("portal_choices", method="post", data={"until_day": "1"}),
    portal("portal_code", where={"version_id": "version"}),
    portal("portal_leaflet"),
    portal("portal_messages"),
    portal(
        "portal_messages",
        method="post",
        data={"text": "Can you come on Friday?", "key": "0e9f3a34-6f0b-4d62-9a2d-52a2b1b0a101"},
        client=302,
    ),
    portal("portal_request_end", where={"request_id": "request"}),
    portal("portal_request_end", where={"request_id": "request"}, method="post", client=302),
    portal("portal_agreement"),
    portal("portal_agreement", method="post", data={"answer": "no_health"}, client=302),
    portal("portal_directive"),
    portal("portal_directive", method="post", data={"fate": "erase"}, client=302),
    portal("portal_directive_end", method="post", client=302),
    portal("portal_export"),
    portal("portal_export", method="post", client=302),
    # Not ready yet; tests/portal/test_exports.py takes one that is.
    portal("portal_export_get", where={"export_id": "export"}, client=404),
    portal("portal_password"),
    portal("portal_password", method="post", data=PASSWORD, client=302),
    # Leads away whoever is not somebody who serves, signed in or not.
    portal("portal_leave", nobody=302, client=302),
    Row("names_list", protection=200),
    Row("names_list", method="post", protection=200),
    Row("names_end", {"decision_id": "unknown"}, method="post", protection=404),
    Row("copy_list", {"client_id": "client"}, coordinator=200, south_coordinator=404),
    Row("copy_add", {"client_id": "client"}, coordinator=200, south_coordinator=404),
    Row(
        "copy_add",
        {"client_id": "client"},
        method="post",
        data={"reason": "asked", "way": "hand", "language": "fr"},
        coordinator=302,
        south_coordinator=404,
    ),
    Row("copy_strike", {"copy_id": "copy"}, coordinator=200, south_coordinator=404),
    Row("copy_strike", {"copy_id": "copy"}, method="post", coordinator=200, south_coordinator=404),
    Row("copy_view", {"copy_id": "copy"}, coordinator=200, **ABSENT),
    Row("copy_release", {"copy_id": "copy"}, method="post", coordinator=302, **ABSENT),
    Row("copy_end", {"copy_id": "copy"}, method="post", coordinator=302, **ABSENT),
    Row("copy_file", {"copy_id": "copy"}, method="post", coordinator=302, south_coordinator=404),
    Row("request_list", coordinator=200, south_coordinator=200),
    Row("request_register", protection=200),
    Row(
        "request_holidays",
        method="post",
        data={"branch": "{branch}", "more": ""},
        coordinator=302,
        south_coordinator=403,
    ),
    Row(
        "request_note",
        {"request_id": "request", "kind": "=check"},
        coordinator=200,
        south_coordinator=404,
    ),
    Row(
        "request_note",
        {"request_id": "request", "kind": "=check"},
        method="post",
        data={"identity": "met"},
        coordinator=302,
        south_coordinator=404,
    ),
    Row("request_letter", {"request_id": "request"}, coordinator=302, south_coordinator=404),
    # Leads back to the list, whatever was said: hidden and absent are told alike.
    Row(
        "request_second",
        {"request_id": "request"},
        coordinator=302,
        south_coordinator=302,
        protection=302,
    ),
    Row(
        "request_second",
        {"request_id": "request"},
        method="post",
        coordinator=302,
        south_coordinator=302,
        protection=302,
    ),
    record("request_add"),
    record(
        "request_add",
        done=302,
        data={
            "kind": "access",
            "words": "A copy, please.",
            "received_on_day": "{day}",
            "received_on_month": "{month}",
            "received_on_year": "{year}",
            "how": "phone",
            "identity": "doubt",
            "quality": "self",
        },
    ),
    Row("request_view", {"request_id": "request"}, coordinator=200, south_coordinator=404),
    Row("request_answer", {"request_id": "request"}, coordinator=200, south_coordinator=404),
    Row(
        "request_answer",
        {"request_id": "request"},
        method="post",
        data={"outcome": "in_progress", "text": "", "revision": "1"},
        coordinator=302,
        south_coordinator=404,
    ),
]
