"""Who gets what at the addresses of the home page, lists, contacts, files, follow-ups and drafts."""

from tests.access.rows import Row

CLIENT = {"client_id": "client"}
CONTACT = {"contact_id": "contact"}
STATEMENT = {"statement_id": "statement"}
SAID = {
    "text": "It was Wednesday.",
    "channel": "phone",
    "said_on_day": "5",
    "said_on_month": "1",
    "said_on_year": "2026",
}
FOUND = {"volunteer": 200, "coordinator": 200}
HIDDEN = {"outsider": 404, "south_coordinator": 404}
NOBODY_ELSE = {"president": 404, "protection": 404, "administrator": 404}
SERVING = {"volunteer": 200, "outsider": 200, "coordinator": 200, "south_coordinator": 200}
EVERYBODY = {**SERVING, "president": 200, "protection": 200, "administrator": 200}

ROWS = [
    Row("home", **EVERYBODY, client=302),
    Row("client_list", **SERVING),
    Row("client_search", **SERVING),
    Row("client_search", method="post", data={"words": "nobody at all"}, **SERVING),
    Row("contact_add", **SERVING),
    Row("contact_add", where=CLIENT, **FOUND, **HIDDEN, **NOBODY_ELSE),
    Row("contact_add", where=CLIENT, method="post", **FOUND, **HIDDEN, **NOBODY_ELSE),
    Row("contact_view", where=CONTACT, **FOUND, **HIDDEN, **NOBODY_ELSE),
    Row("contact_correct", where=CONTACT, volunteer=200, **HIDDEN, **NOBODY_ELSE),
    Row("contact_correct", where=CONTACT, method="post", volunteer=200, **HIDDEN, **NOBODY_ELSE),
    # A coordinator opens the notes first; a volunteer reads no earlier text.
    Row("contact_history", where=CONTACT, **HIDDEN, **NOBODY_ELSE),
    # A coordinator opens the notes first; whoever did not write it moves nothing.
    Row(
        "contact_move", where={"contact_id": "own_contact"}, volunteer=200, **HIDDEN, **NOBODY_ELSE
    ),
    Row(
        "contact_move",
        where={"contact_id": "own_contact"},
        method="post",
        data={"client": "{restricted}"},
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    Row("statement_add", where=CONTACT, **FOUND, **HIDDEN, **NOBODY_ELSE),
    Row(
        "statement_add",
        where=CONTACT,
        method="post",
        data=SAID,
        volunteer=302,
        coordinator=302,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    Row("statement_background", where=CLIENT, **FOUND, **HIDDEN, **NOBODY_ELSE),
    Row(
        "statement_background",
        where=CLIENT,
        method="post",
        data=SAID,
        volunteer=302,
        coordinator=302,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    # A coordinator opens the notes first.
    Row("statement_answer", where=STATEMENT, volunteer=200, **HIDDEN, **NOBODY_ELSE),
    Row(
        "statement_answer",
        where=STATEMENT,
        method="post",
        data={"answer": "accepted", "text": "Anew.", "why": "You are right.", "revision": "1"},
        volunteer=302,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    Row(
        "attachment_add",
        where=CONTACT,
        method="post",
        data={"file": "{file}"},
        volunteer=302,
        coordinator=302,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    Row(
        "attachment_get",
        where={"attachment_id": "attachment"},
        volunteer=200,
        coordinator=404,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    Row("follow_up_list", **SERVING),
    Row(
        "follow_up_done",
        where=CONTACT,
        method="post",
        volunteer=302,
        coordinator=302,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    Row("draft_list", **EVERYBODY),
    Row(
        "draft_save",
        method="post",
        data={"client": "{client}", "key": "{unknown}", "text": "Half a sentence"},
        volunteer=302,
        coordinator=302,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
    Row(
        "draft_delete",
        where={"draft_id": "draft"},
        method="post",
        volunteer=302,
        coordinator=404,
        **HIDDEN,
        **NOBODY_ELSE,
    ),
]
