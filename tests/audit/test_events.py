"""The register of events: each has one line with its words, is written as the line says, and nothing else is written."""

from __future__ import annotations

import re
from functools import cache

import psycopg
import pytest
from django.utils.functional import Promise
from django.utils.translation import override

from audit.events import EVENTS, LINES, PAGE, READING, codes, ways
from audit.events.kinds import ASKED, DATABASE, GENERAL, NOT_TOLD, REFUSED, SCANNED, Unsaid
from rights import event_words
from tests.audit import python_writers, sql_writers
from tests.audit.python_writers import Found
from tests.audit.rows import fill_every_table
from tests.making.people import Cast

# Where a name is handed on that cannot be read there: the doors themselves, and the page that was refused.
UNREAD = {
    "audit.door._open",
    "audit.door.scan",
    "audit.door.record",
    "audit.actor.log_denials",
    "audit.middleware.refused_page",
    "volunteers.actions.signing_in._record",
}
# What functions of these names open or look for is a client's record.
OF_A_CLIENT = {"find_client", "open_client", "own_keys", "opened", "opened_one", "open_about"}
OTHERS = {"portal.urls", "leaflet.pdf", "keyring.json"}  # texts of that form that are no events


@cache
def given() -> list[Found]:
    return python_writers.given()


@pytest.fixture
def functions(superuser: psycopg.Connection) -> list[sql_writers.Function]:
    return sql_writers.functions(superuser)


@pytest.fixture
def written(functions: list[sql_writers.Function]) -> list[sql_writers.Written]:
    return sql_writers.written(functions)


def names(found: list[Found], way: str) -> set[str]:
    return {name for one in found if one.way == way for name in one.names or ()}


# ---- The lines


def test_each_event_has_one_line() -> None:
    assert len(LINES) == len(EVENTS)
    assert [code for code in EVENTS if not re.fullmatch(r"[a-z_]+\.[a-z_]+", code)] == []
    assert [code for code in EVENTS if code.startswith(PAGE)] == []


def test_each_line_says_who_may_claim_it_where_it_can_be_claimed() -> None:
    unclaimed = codes(DATABASE, REFUSED)
    assert {line.code for line in LINES if not line.who} == unclaimed
    assert [line.code for line in LINES if line.refused and line.way is not DATABASE] == []


def test_each_line_has_words_in_both_languages() -> None:
    """For the team always; for the client too, unless the line says what they read instead."""
    for line in LINES:
        assert isinstance(line.client, Promise | Unsaid), line.code
        for words in (line.staff, line.client):
            if not isinstance(words, Unsaid):
                with override("en"):
                    english = str(words)
                with override("fr"):
                    assert english.strip() and str(words) not in ("", english), line.code


def test_readings_have_words_of_their_own() -> None:
    """No reading is told in the words of an act, to the team or to the client."""
    of_rows = {str(text) for text in (*event_words.ADDED.values(), *event_words.CHANGED.values())}
    for column, more in (("staff", set()), ("client", of_rows)):
        said = {line.code: getattr(line, column) for line in LINES}
        said = {code: str(words) for code, words in said.items() if isinstance(words, Promise)}
        read = {words for code, words in said.items() if code in READING}
        done = {words for code, words in said.items() if code not in READING}
        assert len(read) > 20
        assert read & (done | more) == set()


# ---- Where they are written


def test_python_gives_each_name_in_the_way_that_its_line_says() -> None:
    allowed = ways()
    wrong = {
        (one.place, one.way, name)
        for one in given()
        for name in one.names or ()
        if one.way != "ask" and name not in allowed[one.way]
    }
    assert wrong == set()
    assert {one.place for one in given() if one.names is None} == UNREAD


def test_each_claim_is_made_somewhere() -> None:
    for way in ("open", "scan", "record"):
        assert ways()[way].keys() - names(given(), way) == set(), way
    refusable = codes(REFUSED) | {line.code for line in LINES if line.refused}
    assert refusable - names(given(), "deny") == set()


def test_the_database_writes_what_nobody_may_claim(written: list[sql_writers.Written]) -> None:
    assert {name for one in written for name in one.names} == codes(DATABASE, ASKED)
    assert len(written) > 80


def test_what_is_asked_first_is_written_by_the_function_that_is_asked(
    written: list[sql_writers.Written],
) -> None:
    asked = names(given(), "ask")
    assert {name for one in written if one.function in asked for name in one.names} == codes(ASKED)
    assert {one.function for one in written if one.names & codes(ASKED)} == asked


def test_the_log_is_written_in_two_functions(functions: list[sql_writers.Function]) -> None:
    into = re.compile(r"\binto\s+(public\.)?audit_event\b", re.IGNORECASE)
    assert {one.name for one in functions if into.search(one.text)} == {"log", "open"}
    assert [place for place, text in python_writers.literals() if into.search(text)] == []
    assert [place for place, text in python_writers.literals() if "sec.log(" in text] == []


def test_what_is_looked_for_in_the_log_is_there(functions: list[sql_writers.Function]) -> None:
    """Each text that looks like an event is one: a query for a name that nobody writes finds nothing for ever."""
    families = {code.partition(".")[0] for code in EVENTS}
    texts = [*python_writers.literals(), *((f"sec.{one.name}", one.text) for one in functions)]
    alike = {
        (place, name)
        for place, text in texts
        for name in [*sql_writers.NAME.findall(text), text]
        if re.fullmatch(r"[a-z_]+\.[a-z_]+", name) and name.partition(".")[0] in families
    }
    unknown = {(place, name) for place, name in alike if name not in EVENTS.keys() | OTHERS}
    assert unknown == set()
    assert {"disclosure.asked", "portal.begin", "log.verify"} <= {name for _, name in alike}


# ---- What the client reads


def test_what_is_about_a_client_is_told_to_them(
    written: list[sql_writers.Written], superuser: psycopg.Connection
) -> None:
    """Of what the database writes and pages open; a line may keep only what is apart."""
    about = {name for one in written if one.about_a_client for name in one.names}
    assert OF_A_CLIENT - {one.through for one in given()} == set()
    about |= {name for one in given() if one.through in OF_A_CLIENT for name in one.names or ()}
    untold = {code for code in about if EVENTS[code].client is NOT_TOLD}
    assert untold == {
        code
        for code in untold
        if superuser.execute("SELECT sec.is_apart(%s, '')", [code]).fetchone()[0]
    }


def test_no_words_are_for_a_client_whom_it_never_is_about(
    written: list[sql_writers.Written],
) -> None:
    about_none = {name for one in written if one.about_no_client for name in one.names}
    about_none -= {name for one in written if not one.about_no_client for name in one.names}
    about_none -= {line.code for line in LINES if line.refused}
    assert len(about_none) > 20
    told = {line.code for line in LINES if line.client is not NOT_TOLD}
    assert (about_none | codes(SCANNED, ASKED)) & told == set()


def test_a_client_reads_something_of_each_event_about_them(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    begun = superuser.execute("SELECT clock_timestamp()").fetchone()[0]
    fill_every_table(cast)
    rows = superuser.execute(
        """SELECT DISTINCT action, object_type FROM audit_event
        WHERE at > %s AND subject_kind = 'client' AND NOT sec.is_apart(action, object_type)""",
        [begun],
    ).fetchall()
    seen = {action for action, _ in rows if not action.startswith(PAGE)}
    assert len(seen) > 15
    assert [code for code in seen if EVENTS[code].client is NOT_TOLD] == []
    for action, table in rows:
        assert str(event_words.what(action, table))


def test_a_general_phrase_is_said_where_the_line_has_none() -> None:
    assert EVENTS["consultation.list"].client is GENERAL
    assert event_words.what("consultation.list", "") == event_words.FAMILIES["consultation"]
    assert event_words.what("log.file", "") == event_words.SOMETHING
    assert event_words.what("client.view", "") == EVENTS["client.view"].client
    assert event_words.what("row.add", "clients_contact") == event_words.ADDED["clients_contact"]
