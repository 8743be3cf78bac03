"""The log as the data-protection lead reads it."""

import re

import pytest
from django.utils.translation import override

from audit import door
from audit.events import EVENTS, same_words
from audit.forms import LogFilter
from audit.models import Event
from tests.making.clients import new_client
from volunteers.models import Person


def test_log_shows_references_and_no_name(cast, sign_in):
    client = new_client(cast.coordinator, "Philippine", "Ungewitter")
    page = sign_in(cast.protection).get(f"/log/?about={client.reference}").content.decode()
    assert client.reference in page
    assert "Took in a client" in page
    assert "Philippine" not in page
    assert "Ungewitter" not in page


def test_log_is_filtered_by_person_action_outcome_and_day(cast, sign_in):
    client = new_client(cast.coordinator)
    sign_in(cast.outsider).get(f"/clients/{client.pk}/")
    with cast.outsider.actor().transaction():
        reference = Person.objects.get(pk=cast.outsider.id).reference
    browser = sign_in(cast.protection)
    rows = browser.get(f"/log/?by={reference.lower()}&outcome=denied").context["rows"]
    assert rows
    assert all(row["refused"] and row["who"] == reference for row in rows)
    rows = browser.get("/log/?action=client.take_in").context["rows"]
    assert {row["what"] for row in rows} == {"Took in a client"}
    day = "since_day=1&since_month=1&since_year=2190"
    assert "No event fits" in browser.get(f"/log/?{day}").content.decode()
    assert "No event fits" in browser.get("/log/?about=C-NOBODY").content.decode()
    assert (
        "error" in browser.get("/log/?since_day=99&since_month=1&since_year=2026").content.decode()
    )


def test_reading_the_log_is_an_event(cast, sign_in):
    browser = sign_in(cast.protection)
    with cast.protection.actor().transaction():
        before = Event.objects.filter(action="log.read").count()
    browser.get("/log/")
    with cast.protection.actor().transaction():
        assert Event.objects.filter(action="log.read").count() == before + 1


def test_log_that_cannot_record_its_reading_shows_nothing(cast, sign_in, monkeypatch):
    def broken(*args, **kwargs):
        raise door.LogUnavailable("no")

    monkeypatch.setattr(door, "_write", broken)
    answer = sign_in(cast.protection).get("/log/")
    assert answer.status_code == 503
    assert "P-" not in answer.content.decode()


@pytest.mark.parametrize("who", ["president", "coordinator", "volunteer", "administrator"])
def test_others_read_no_log(cast, sign_in, who):
    assert sign_in(getattr(cast, who)).get("/log/").status_code == 403
    with getattr(cast, who).actor().transaction():
        assert not Event.objects.exists()


def test_pages_follow_one_another(cast, sign_in):
    browser = sign_in(cast.protection)
    first = browser.get("/log/").context
    assert len(first["rows"]) == 50
    second = browser.get("/log/", {"after": first["older"]}).context
    assert second["rows"][0]["at"] <= first["rows"][-1]["at"]
    # What no page gave out is the beginning.
    assert len(browser.get("/log/?after=nonsense").context["rows"]) == 50


def test_log_is_filtered_by_purpose_basis_and_branch(cast, sign_in):
    client = new_client(cast.coordinator)
    browser = sign_in(cast.protection)
    where = f"/log/?about={client.reference}"
    assert browser.get(f"{where}&purpose=intake").context["rows"]
    assert not browser.get(f"{where}&purpose=export").context["rows"]
    assert browser.get(f"{where}&basis=branch_duty").context["rows"]
    assert not browser.get(f"{where}&basis=emergency").context["rows"]
    assert browser.get(f"{where}&branch=north_audit").context["rows"]
    assert not browser.get(f"{where}&branch=south_audit").context["rows"]


def test_dates_the_wrong_way_round_are_an_error(cast, sign_in):
    dates = {
        f"{name}_{part}": value
        for name, parts in (("since", ("2", "5", "2026")), ("until", ("1", "5", "2026")))
        for part, value in zip(("day", "month", "year"), parts, strict=True)
    }
    page = sign_in(cast.protection).get("/log/", dates).content.decode()
    assert "The last day lies before the first one." in page


def test_pages_meet_without_a_gap_where_events_share_an_instant(cast, sign_in, superuser):
    client = new_client(cast.coordinator)
    superuser.execute(
        """INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail)
        SELECT gen_random_uuid(), date_trunc('second', now()), 'user', 'volunteer', 'client.view', 'done', %s, 'client', 'support', 'assignment', '', '{}'
        FROM generate_series(1, 120)""",
        [client.pk],
    )
    browser = sign_in(cast.protection)
    asked = {"about": client.reference, "action": "client.view"}
    page, seen = browser.get("/log/", asked).context, 0
    while True:
        seen += len(page["rows"])
        if not page["older"]:
            break
        page = browser.get("/log/", {**asked, "after": page["older"]}).context
    assert seen == 120


def test_the_picture_counts_what_the_list_shows(cast, sign_in):
    client = new_client(cast.coordinator)
    sign_in(cast.outsider).get(f"/clients/{client.pk}/")
    context = sign_in(cast.protection).get("/log/", {"about": client.reference}).context
    last = context["chart"].bars[-1]
    assert len(context["chart"].bars) == 30
    assert last.value == len(context["rows"])
    assert last.marked == 1
    page = sign_in(cast.protection).get("/log/", {"about": client.reference, "period": "365"})
    assert len(page.context["chart"].bars) in (53, 54)
    assert "style=" not in page.content.decode()


def test_a_question_is_kept_put_in_words_and_removed(cast, sign_in):
    browser = sign_in(cast.protection)
    where = "?outcome=denied&by=p-test&period=7"
    assert browser.post(f"/log/questions/{where}").status_code == 302
    assert browser.post(f"/log/questions/{where}").status_code == 302  # kept once
    (kept,) = browser.get("/log/").context["saved"]
    assert kept["words"] == "Refused · by P-TEST · The last 7 days"
    assert browser.get(f"/log/?{kept['query']}").context["form"].is_valid()
    assert browser.post(f"/log/questions/{kept['pk']}/remove/").status_code == 302
    assert not browser.get("/log/").context["saved"]


def test_questions_are_ones_own_and_bounded(cast, sign_in, superuser):
    from audit.actions import MOST_QUESTIONS
    from audit.models import SavedQuestion

    browser = sign_in(cast.protection)
    for day in range(MOST_QUESTIONS + 1):
        dates = f"since_day=1&since_month=1&since_year={2000 + day}&until_day=1&until_month=2&until_year={2000 + day}"
        browser.post(f"/log/questions/?{dates}")
    assert len(browser.get("/log/").context["saved"]) == MOST_QUESTIONS
    for who in (cast.president, cast.coordinator):
        with who.actor().transaction():
            assert not SavedQuestion.objects.exists()
    superuser.execute("DELETE FROM audit_savedquestion")


def test_the_table_is_taken_after_a_fresh_sign_in_and_is_an_event(cast, sign_in, superuser):
    client = new_client(cast.coordinator)
    where = f"/log/table/?about={client.reference}"
    stale = sign_in(cast.protection, fresh=False).get(where)
    assert stale.status_code == 302
    assert "about%3D" in stale.headers["Location"]
    browser = sign_in(cast.protection)
    assert browser.get(where).status_code == 200
    answer = browser.post(where)
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    rows = rows[rows.index("") + 1 :]  # what it is stands above the table
    assert len(rows) > 3
    assert all(client.reference in row for row in rows[1:])
    taken = superuser.execute(
        "SELECT (detail->>'events')::int FROM audit_event WHERE action = 'log.export' ORDER BY at DESC LIMIT 1"
    ).fetchone()
    assert taken == (len(rows) - 1,)


def test_nothing_in_the_table_is_run_as_a_formula(cast, sign_in, superuser):
    client = new_client(cast.coordinator)
    for code in ("=1+1", "+1+1x", "-2+3x", "@SUM"):  # tab and return are refused as codes
        superuser.execute(
            """INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail)
            VALUES (gen_random_uuid(), now(), 'user', '', %s, 'done', %s, 'client', '', '', '', '{}')""",
            [code, client.pk],
        )
    answer = sign_in(cast.protection).post(f"/log/table/?about={client.reference}")
    import csv
    from io import StringIO

    cells = [
        cell
        for row in csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline=""))
        for cell in row
    ]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_name_is_no_reference_and_is_not_kept(cast, sign_in):
    browser = sign_in(cast.protection)
    page = browser.get("/log/?about=Odile")
    assert "Names are not in the log" in page.content.decode()
    browser.post("/log/questions/?about=Odile&period=7")
    assert "Odile" not in browser.get("/log/").content.decode()


# ---- A filter in error, and a file that says what it is ----

ERRORS = [
    "about=Odile",
    "period=nonsense",
    "action=no.such",
    "since_day=99&since_month=1&since_year=2026",
]


@pytest.mark.parametrize("wrong", ERRORS)
def test_nothing_is_listed_or_taken_while_a_filter_is_in_error(cast, sign_in, superuser, wrong):
    client = new_client(cast.coordinator)
    browser = sign_in(cast.protection)
    where = f"by=P-TEST&{wrong}"
    page = browser.get(f"/log/?{where}")
    assert "rows" not in page.context
    text = page.content.decode()
    assert client.reference not in text and "<caption" not in text
    assert "No list is shown" in text and 'href="/log/"' in text  # what happened, and the way out
    assert "/log/table/" not in text  # nothing to take away
    assert "/log/questions/?" not in text  # nor to keep
    taken = "SELECT count(*) FROM audit_event WHERE action IN ('log.read', 'log.export')"
    before = superuser.execute(taken).fetchone()
    for answer in (browser.get(f"/log/table/?{where}"), browser.post(f"/log/table/?{where}")):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/log/?by=P-TEST&")
    assert browser.post(f"/log/questions/?{where}").headers["Location"].startswith("/log/?by=")
    assert superuser.execute(taken).fetchone() == before


def test_unusual_access_finds_nothing_while_its_filter_is_in_error(cast, sign_in):
    page = sign_in(cast.protection).get("/log/unusual/?period=12")
    assert "rules" not in page.context
    assert "No list is shown" in page.content.decode()


def test_the_file_says_what_was_asked_how_many_there_are_and_that_it_was_cut(
    cast, sign_in, monkeypatch
):
    client = new_client(cast.coordinator)
    browser = sign_in(cast.protection)
    where = f"/log/table/?about={client.reference}"
    count = len(browser.get(f"/log/?about={client.reference}").context["rows"])
    assert f"{count} events." in browser.get(where).content.decode()
    lines = browser.post(where).content.decode("utf-8-sig").splitlines()
    assert lines[0] == f'"You asked for:","about {client.reference} · The last 30 days"'
    assert lines[1] == f'"Events in this file:","{count}"'
    assert lines[2] == ""
    assert lines[3].startswith('"When (time of Paris)","Who"')
    assert len(lines) == 4 + count
    monkeypatch.setattr("audit.views.events.MOST_ROWS", 2)
    assert "More than 2 events fit." in browser.get(where).content.decode()
    lines = browser.post(where).content.decode("utf-8-sig").splitlines()
    assert lines[1] == '"Events in this file:","2"'
    assert lines[2].startswith('"Cut: there are more.')
    assert len(lines) == 5 + 2


def test_a_french_table_opens_in_a_french_spreadsheet(cast, sign_in):
    client = new_client(cast.coordinator)
    browser = sign_in(cast.protection)
    browser.post("/language/", {"language": "fr", "next": "/account/"})
    try:
        rows = browser.post(f"/log/table/?about={client.reference}").content.decode("utf-8-sig")
    finally:
        browser.post("/language/", {"language": "en", "next": "/account/"})
    table = rows.splitlines()[4:]
    assert all(re.match(r'"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d";"', row) for row in table) and table


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_words_stand_twice_among_the_choices_and_one_choice_finds_all_of_its_words(language):
    with override(language):
        field = LogFilter().fields["action"]
        groups = [choices for _matter, choices in list(field.choices)[1:]]
        offered = [(code, str(said)) for group in groups for code, said in group]
        assert len({said for _code, said in offered}) == len(offered) > 150
        found = [code for first, _said in offered for code in same_words(first)]
        assert sorted(found) == sorted(EVENTS)
        assert field.clean("disclosure.cancelled") == field.clean("disclosure.cancel")
