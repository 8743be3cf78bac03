"""The search: forgiving, only among what one may see, logged without its words."""

from __future__ import annotations

import json
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from django.test import Client as Browser

from clients.access import lists
from clients.contacts.actions import contacts
from clients.models import Client
from clients.records.actions import taking_in
from clients.search import search
from tests.making.clients import EXPLAINED, assign, new_client
from tests.making.events import events
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone


def find(browser: Browser, words: str) -> str:
    """What the page says."""
    response = browser.post("/search/", {"words": words})
    assert response.status_code == 200
    return response.content.decode().partition('id="results"')[2]


def client_named(
    by: Someone, given: str, family: str, phone: str = "", note: str = "Nothing new."
) -> Client:
    """A client with a number and a note."""
    with by.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=by.branch or uuid4(),
            language="fr",
            identity={"given_name": given, "family_name": family},
            safe_contact={"phone": phone},
        )
        client, _ = taking_in.take_in(by=actor, new=new)
        contacts.log_contact(
            by=actor,
            client=client,
            explanation=EXPLAINED,
            new=contacts.NewContact("phone", date(2026, 3, 9), text=note),
        )
    return client


@pytest.fixture(scope="module")
def known(cast: Cast) -> Client:
    """A client whose name has all that makes names hard to find."""
    return client_named(
        cast.volunteer,
        "Éloïse-Anne",
        "Le Cœur",
        "+33 6 39 98 44 55",
        "She misses her garden in Pézenas.",
    )


@pytest.mark.parametrize(
    "words",
    [
        "eloise",
        "ELOÏSE",
        "anne eloise",
        "le coeur",
        "Cœur",
        "coeur éloïse-anne",
        "elo coe",
        "0639984455",
        "06 39 98 44 55",
        "+33639984455",
        "0033 6 39984455",
        "984455",
        "pezenas",
        "garden Pézenas",
    ],
)
def test_a_client_is_found(cast: Cast, sign_in: SignIn, known: Client, words: str) -> None:
    page = find(sign_in(cast.volunteer), words)
    assert "Éloïse-Anne Le Cœur" in page
    assert f"/clients/{known.pk}/" in page


def test_a_reference_is_found_with_and_without_hyphen(
    cast: Cast, sign_in: SignIn, known: Client
) -> None:
    browser = sign_in(cast.volunteer)
    for words in (known.reference, known.reference.lower().replace("-", ""), known.reference[2:]):
        assert "Éloïse-Anne Le Cœur" in find(browser, words)


def test_the_words_of_a_note_are_shown_where_they_stand(
    cast: Cast, sign_in: SignIn, known: Client
) -> None:
    page = find(sign_in(cast.volunteer), "pezenas")
    assert "She misses her garden in <mark>Pézenas</mark>." in page
    assert "/contacts/" in page


def test_notes_are_looked_through_where_asked_or_where_nothing_else_fits(
    cast: Cast, sign_in: SignIn
) -> None:
    word = f"Ambre{uuid4().hex[:6]}"
    client_named(cast.volunteer, word, "Nantes")
    client_named(cast.volunteer, "Luc", "Rouen", note=f"Asked about {word}.")
    browser = sign_in(cast.volunteer)
    page = find(browser, word)
    assert "1 client found" in browser.post("/search/", {"words": word}).content.decode()
    assert "Luc Rouen" not in page
    whole = browser.post("/search/", {"words": word, "notes": "on"}).content.decode()
    assert "2 clients found" in whole
    assert f"<mark>{word}</mark>" in whole
    assert "Look through the notes as well" not in whole


@pytest.mark.parametrize("words", ["eloise garonne", "zzzz", "11", "oise"])
def test_what_does_not_fit_is_not_found(
    cast: Cast, sign_in: SignIn, known: Client, words: str
) -> None:
    assert "Éloïse" not in find(sign_in(cast.volunteer), words)


def test_nothing_hidden_is_found(cast: Cast, sign_in: SignIn, known: Client) -> None:
    new_client(cast.outsider, "Paul", "Sud")
    for other in (cast.outsider, cast.south_coordinator):
        for words in ("eloise", "984455", "pezenas", known.reference):
            page = find(sign_in(other), words)
            assert "Nobody found" in page
            assert "Éloïse" not in page


def test_a_coordinator_finds_the_name_and_not_the_words(
    cast: Cast, sign_in: SignIn, known: Client
) -> None:
    browser = sign_in(cast.coordinator)
    assert "Éloïse-Anne Le Cœur" in find(browser, "eloise")
    assert "Nobody found" in find(browser, "pezenas")


def test_an_errand_opens_no_words(cast: Cast, sign_in: SignIn, known: Client) -> None:
    assign(cast.coordinator, known, cast.colleague, scope="errand")
    browser = sign_in(cast.colleague)
    assert "Éloïse-Anne Le Cœur" in find(browser, "eloise")
    assert "Nobody found" in find(browser, "pezenas")


def test_one_event_for_looking_and_one_for_each_shown(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    name = f"Quimper{uuid4().hex[:6]}"
    shown = client_named(cast.volunteer, "Yann", name)
    other = client_named(cast.volunteer, "Yann", "Brest")
    scans = "SELECT count(*) FROM audit_event WHERE action = 'client.search' AND actor = %s"
    before = superuser.execute(scans, [cast.volunteer.id]).fetchone()
    find(sign_in(cast.volunteer), name)
    after = superuser.execute(scans, [cast.volunteer.id]).fetchone()
    assert before
    assert after
    assert after[0] == before[0] + 1
    assert events(superuser, shown, "client.found") == 1
    assert events(superuser, other, "client.found") == 0
    said = superuser.execute("SELECT string_agg(detail::text, ' ') FROM audit_event").fetchone()
    assert said
    assert name not in said[0]
    assert name.lower() not in said[0]


def test_no_more_than_a_page_is_opened_and_said(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    for number in range(3):
        client_named(cast.volunteer, f"Marin{number}", "Ouessant")
    page = find(sign_in(cast.volunteer), "ouessant")
    assert "3 clients found" in page
    assert page.count("card-plain") == 2
    assert "1 more is not shown." in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Write what you are looking for"),
        ("é", "at least two"),
        ("x" * 101, "fewer words"),
        ("--", "at least two"),
    ],
)
def test_too_little_or_too_much_is_said(cast: Cast, sign_in: SignIn, words: str, said: str) -> None:
    assert said in sign_in(cast.volunteer).post("/search/", {"words": words}).content.decode()


def test_words_in_the_address_are_not_looked_for(
    cast: Cast, sign_in: SignIn, known: Client
) -> None:
    response = sign_in(cast.volunteer).get("/search/", {"words": "eloise"})
    assert "Éloïse" not in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("D’Orsay-Ñúñez", "d orsay nunez"),
        ("Œuvre", "oeuvre"),
        ("STRASSE ß", "strasse ss"),
        ("Łódź", "łodz"),
    ],
)
def test_text_is_compared_loosely(typed: str, kept: str) -> None:
    assert search.loose(typed) == kept


@pytest.mark.parametrize(
    "name", ["Éloïse", "Łódź", "Œuvre", "Straße", "Zoe\u0308", "Юлия", "ﬁn", "𝐀nne", "日本"]
)
def test_nothing_that_fits_is_passed_over_unopened(name: str) -> None:
    """Texts are folded together, each still in its place; what is left out there is in no word asked for."""
    texts = [json.dumps({"given_name": each}, ensure_ascii=False) for each in ("x\ny", name, "Ivo")]
    word = search.loose(name).strip()
    lines = search.comparable([text.encode() for text in texts], [word])
    assert [word in line for line in lines] == [False, True, False]


def test_all_that_was_opened_is_compared_in_parcels(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 1)
    name = f"Vannes{uuid4().hex[:6]}"
    for given in ("Ana", "Béa"):
        client_named(cast.volunteer, given, name)
    page = find(sign_in(cast.volunteer), name)
    assert f"Ana {name}" in page
    assert f"Béa {name}" in page


def test_markup_in_a_note_stays_text(cast: Cast, sign_in: SignIn) -> None:
    client_named(cast.volunteer, "Ines", "Balise", note="<b>Tamarind</b> <script>x()</script>")
    page = find(sign_in(cast.volunteer), "tamarind")
    assert "&lt;b&gt;<mark>Tamarind</mark>&lt;/b&gt;" in page
