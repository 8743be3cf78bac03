"""People, duties, branches, the code, one's own account, and the log."""

from typing import Any

from tests.access.rows import Row

PEOPLE: dict[str, Any] = {
    "volunteer": 200,
    "outsider": 200,
    "coordinator": 200,
    "south_coordinator": 200,
    "president": 200,
    "protection": 200,
    "administrator": 200,
}
EVERYBODY = dict.fromkeys(("nobody", "newcomer", "client"), 200) | PEOPLE
INVITERS: dict[str, Any] = {"coordinator": 200, "south_coordinator": 200, "president": 200}


def instead(of: dict[str, Any], status: int) -> dict[str, Any]:
    """The same roles, with another status."""
    return dict.fromkeys(of, status)


MEETING_CLIENTS = dict.fromkeys(("volunteer", "outsider", "coordinator", "south_coordinator"), 200)
OFFICES = INVITERS | {"protection": 200, "administrator": 200}


ROWS = [
    Row("set_language", method="post", data={"language": "en"}, **instead(EVERYBODY, 302)),
    Row("set_text_size", method="post", data={"large": "no"}, **instead(EVERYBODY, 302)),
    Row("privacy", **EVERYBODY),
    Row("privacy_version", where={"number": "=1"}, newcomer=200, client=200, **PEOPLE),
    Row("legal", **EVERYBODY),
    Row("association_edit", newcomer=403, president=200),
    Row("notice_publish", newcomer=403, president=200),
    Row("notice_publish", method="post", newcomer=403, president=302),
    Row("paper_list", **MEETING_CLIENTS),
    Row(
        "leaflet_print",
        where={"branch_id": "branch", "language": "=fr"},
        volunteer=200,
        coordinator=200,
    ),
    Row("notice_print", where={"language": "=en"}, **MEETING_CLIENTS),
    Row("code_read", newcomer=200, **PEOPLE),
    Row("code_sign", newcomer=200, **instead(PEOPLE, 302)),
    Row("policy_list", **PEOPLE),
    Row("policy_view", where={"version_id": "version"}, **PEOPLE),
    Row("policy_add", newcomer=403, president=200),
    Row("policy_edit", where={"version_id": "version"}, newcomer=403, president=302),
    Row("policy_discard", where={"version_id": "version"}, newcomer=403, president=302),
    Row("policy_adopt", where={"version_id": "version"}, newcomer=403, president=302),
    Row("account", **PEOPLE),
    Row("account_details", **PEOPLE),
    Row("undertaking_view", newcomer=200, **PEOPLE),
    Row(
        "undertaking_get",
        where={"undertaking_id": "unknown"},
        newcomer=404,
        **instead(PEOPLE, 404),
    ),
    Row("people_list", **PEOPLE),
    Row("duty_rules", **PEOPLE),
    Row("person_view", where={"person_id": "person"}, **PEOPLE),
    Row("duty_add", where={"person_id": "person"}, **INVITERS),
    Row("meeting_list", **OFFICES),
    # The coordinator brought them in: somebody else confirms.
    Row("person_confirm", where={"person_id": "unconfirmed"}, **OFFICES | {"coordinator": 302}),
    Row(
        "person_confirm",
        where={"person_id": "unconfirmed"},
        method="post",
        data={"way": "met"},
        **instead(OFFICES, 302),
    ),
    Row("meeting_withdraw", where={"meeting_id": "meeting"}, president=200, protection=200),
    Row(
        "meeting_withdraw",
        where={"meeting_id": "meeting"},
        method="post",
        president=302,
        protection=302,
    ),
    Row("person_leave", where={"person_id": "person"}, coordinator=200, president=200),
    Row(
        "person_leave", where={"person_id": "leaver"}, method="post", coordinator=302, president=302
    ),
    Row("own_data", newcomer=200, **PEOPLE),
    Row("own_data_print", newcomer=200, **PEOPLE),
    Row("own_data_copy", newcomer=200, **PEOPLE),
    Row("own_data_ask", newcomer=200, **PEOPLE),
    Row(
        "own_data_ask",
        method="post",
        data={"kind": "{unknown}", "text": "Please."},
        newcomer=200,
        **PEOPLE,
    ),
    Row("team_request_list", president=200, protection=200),
    Row("team_request_answer", {"request_id": "asked"}, president=200, protection=200),
    Row(
        "team_request_answer",
        {"request_id": "asked"},
        method="post",
        data={"outcome": "refused", "text": "The law asks us to keep it."},
        president=302,
        protection=302,
    ),
    Row("account_leave", newcomer=200, **PEOPLE),
    Row("account_reminder", newcomer=200, **PEOPLE),
    Row("duty_end", where={"duty_id": "duty"}, coordinator=200, president=200),
    Row("invitation_list", **INVITERS),
    Row("invitation_add", **INVITERS),
    Row("invitation_code", where={"invitation_id": "unknown"}, **instead(INVITERS, 404)),
    Row(
        "invitation_paper",
        where={"invitation_id": "unknown"},
        method="post",
        data={"code": "none"},
        **instead(INVITERS, 404),
    ),
    Row("invitation_withdraw", where={"invitation_id": "unknown"}, **instead(INVITERS, 404)),
    Row(
        "invitation_withdraw",
        where={"invitation_id": "unknown"},
        method="post",
        **instead(INVITERS, 404),
    ),
    Row("branch_list", **PEOPLE),
    Row("branch_add", administrator=200),
    Row("branch_edit", where={"branch_id": "branch"}, coordinator=200, administrator=200),
    Row("health_show", **EVERYBODY),
    Row("log_list", protection=200),
    Row("log_export", protection=200),
    Row("log_export", method="post", protection=200),
    Row("log_unusual", protection=200),
    Row("log_state", protection=200),
    Row("log_keys", protection=200),
    Row("log_download", method="post", data={"sealed": "{sealed}"}, protection=200),
    Row("log_keeping", {"purpose": "=security"}, protection=200),
    Row(
        "log_keeping",
        {"purpose": "=security"},
        method="post",
        data={"months": "12"},
        protection=302,
    ),
    Row("log_question_add", method="post", protection=302),
    Row("log_question_remove", {"question_id": "unknown"}, method="post", protection=404),
]
