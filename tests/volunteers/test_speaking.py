"""What the association says of itself: who may say it, where it stands, what is left to say, and its notice."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from pypdf import PdfReader

from tests.making.clients import new_client
from tests.making.documents import text_of
from tests.making.pages import SignIn, errors
from tests.making.people import Cast
from tests.making.spaces import open_portal
from vault.exceptions import Refused
from volunteers import notice, speaking
from volunteers.actions import branches
from volunteers.actions import speaking as acts
from volunteers.forms.speaking import AssociationForm
from volunteers.models import Association, Branch

SAID = {
    "name": "Les Mains",
    "address": "3 rue Haute, 46000 Cahors",
    "phone": "+33 (0)5 36 49 10 00",
    "hours_fr": "le mardi",
    "hours_en": "Tuesdays",
    "about_fr": "Nous accompagnons.",
    "about_en": "We support people.",
    "rna": "w46 2000 000",
    "siren": "",
    "publisher": "Anne-Marie Castagné",
    "host_name": "Hôte SA",
    "host_address": "1 rue du Serveur, Toulouse",
    "host_phone": "05 61 91 00 00",
    "lead_phone": "05 36 49 10 11",
    "portal_name_fr": "Mon carnet",
    "portal_name_en": "My space",
    "quick_exit_url": "https://example.org/",
}
OF_NORTH = {
    "phone": "05 36 49 10 10",
    "address": "12 rue du Port, 50580 Portbail",
    "hours_fr": "le jeudi",
    "hours_en": "Thursdays",
    "reach_fr": "Sonnez.",
    "reach_en": "Ring the bell.",
}


@pytest.fixture(autouse=True)
def as_before(cast: Cast, superuser: psycopg.Connection) -> Iterator[None]:
    """What is said is for one test: others read the same row."""
    rows = {
        table: superuser.execute(f"SELECT row_to_json(t) FROM {table} t").fetchall()
        for table in ("volunteers_association", "volunteers_branch")
    }
    yield
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        for table, found in rows.items():
            for (row,) in found:
                names = [name for name in row if name != "id"]
                values = ", ".join(f'"{name}" = r."{name}"' for name in names)
                superuser.execute(
                    f"UPDATE {table} t SET {values} FROM json_populate_record(NULL::{table}, %s) r"
                    " WHERE t.id = r.id",
                    [psycopg.types.json.Json(row)],
                )


@pytest.fixture
def said(cast: Cast, sign_in: SignIn) -> Browser:
    """All of it said by the president, and of the northern branch; the president's browser."""
    browser = sign_in(cast.president)
    answer = browser.post(reverse("association_edit"), SAID)
    assert answer.status_code == 302, answer.content.decode()
    with cast.administrator.actor().transaction() as actor:
        north = Branch.objects.get(pk=cast.north)
        branches.change_branch(by=actor, branch=north, values=OF_NORTH)
    return browser


def pdf_text(answer: Any) -> str:
    assert answer["Content-Type"] == "application/pdf"
    return text_of(PdfReader(io.BytesIO(answer.content)))


def events(superuser: psycopg.Connection, action: str) -> list[dict[str, Any]]:
    found = superuser.execute(
        "SELECT detail FROM audit_event WHERE action = %s ORDER BY at", [action]
    )
    return [row[0] for row in found]


# ---- Who says it


def test_change_is_an_event_of_what_was_changed(
    said: Browser, superuser: psycopg.Connection
) -> None:
    before = len(events(superuser, "association.change"))
    said.post(reverse("association_edit"), {**SAID, "phone": "05 36 49 10 99"})
    said.post(reverse("association_edit"), {**SAID, "phone": "05 36 49 10 99"})
    assert events(superuser, "association.change")[before:] == [{"phone": "changed"}]
    at, name = superuser.execute("SELECT changed_at, rna FROM volunteers_association").fetchone()  # type: ignore[misc]
    assert name == "W462000000"
    said.post(reverse("association_edit"), {**SAID, "phone": "05 36 49 10 98"})
    later = superuser.execute("SELECT changed_at FROM volunteers_association").fetchone()
    assert later[0] > at  # type: ignore[index]


def test_nobody_else_changes_it_whatever_the_page_does(cast: Cast) -> None:
    for someone in (cast.administrator, cast.coordinator, cast.protection, cast.volunteer):
        with someone.actor().transaction() as actor, pytest.raises(Refused):
            acts.change_association(by=actor, values={"name": "Forged"})
        with (
            someone.actor().transaction() as actor,
            pytest.raises(DatabaseError, match="not permitted"),
            transaction.atomic(),
        ):
            acts.publish_notice(by=actor)


def test_president_publishes_only_after_a_fresh_sign_in(cast: Cast) -> None:
    with (
        cast.president.actor(fresh=False).transaction() as actor,
        pytest.raises(DatabaseError, match="not permitted"),
        transaction.atomic(),
    ):
        acts.publish_notice(by=actor)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE volunteers_privacynotice SET text_fr = 'x'",
        "DELETE FROM volunteers_privacynotice",
        "INSERT INTO volunteers_privacynotice (number, text_en, text_fr) VALUES (99, 'x', 'x')",
        "UPDATE volunteers_association SET changed_at = now()",
        "DELETE FROM volunteers_association",
    ],
)
def test_a_published_notice_stays_as_it_is(cast: Cast, statement: str) -> None:
    with (
        cast.president.actor().transaction(),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("rna", "46"),
        ("siren", "12 34"),
        ("phone", "call us"),
        ("quick_exit_url", "http://example.org/"),
        ("quick_exit_url", "javascript:alert(1)"),
        ("portal_name_en", ""),
        ("name", ""),
    ],
)
def test_form_says_what_is_wrong_and_keeps_the_rest(said: Browser, field: str, typed: str) -> None:
    page = said.post(reverse("association_edit"), {**SAID, "publisher": "Typed", field: typed})
    assert page.status_code == 200
    text = page.content.decode()
    assert f'href="#id_{field}"' in errors(page)
    assert 'value="Typed"' in text and 'aria-invalid="true"' in text
    assert Association.objects.get().publisher == SAID["publisher"]


def test_form_has_a_place_for_each_column() -> None:
    columns = {field.name for field in Association._meta.fields} - {"id", "changed_at"}
    assert set(AssociationForm.base_fields) == columns


# ---- What is left to say


def test_what_is_left_to_say_stands_on_two_first_pages(
    cast: Cast, said: Browser, sign_in: SignIn
) -> None:
    said.post(reverse("association_edit"), {**SAID, "host_phone": "", "rna": ""})
    page = said.get("/").content.decode()
    assert "What is left to say" in page
    assert "telephone of the host, RNA or SIREN number" in page
    assert "something else than the association" in page
    page = sign_in(cast.administrator).get("/").content.decode()
    assert "The president writes it down" in page
    assert reverse("branch_edit", args=[cast.south]) in page
    assert reverse("branch_edit", args=[cast.north]) not in page  # all of it is said
    assert "What is left to say" not in sign_in(cast.coordinator).get("/").content.decode()


def test_nothing_is_left_to_say(said: Browser, superuser: psycopg.Connection) -> None:
    assert "Everything is said" not in said.get(reverse("association_edit")).content.decode()
    with superuser.transaction():
        superuser.execute(
            "UPDATE volunteers_branch SET phone = '1', address = 'x', hours_fr = 'x', hours_en = 'x'"
        )
    said.post(reverse("notice_publish"))
    assert "Everything is said" in said.get(reverse("association_edit")).content.decode()
    assert "What is left to say" not in said.get("/").content.decode()


def test_question_of_the_home_page_says_what_the_words_say(cast: Cast, said: Browser) -> None:
    """The condition in SQL and the list in words are the same."""
    needed = [*speaking.NEEDED, "rna"]
    with cast.president.actor().transaction() as actor:
        assert not Association.objects.filter(speaking.unsaid_by_association()).exists()
        for name in needed:
            was = getattr(Association.objects.get(), name)
            acts.change_association(by=actor, values={name: ""})
            found = speaking.association()
            assert Association.objects.filter(speaking.unsaid_by_association()).exists(), name
            assert len(speaking.missing_of_association(found)) == 1, name
            acts.change_association(by=actor, values={name: was})
        north = Branch.objects.filter(pk=cast.north)
        assert not north.filter(speaking.unsaid_by_branch()).exists()
        assert speaking.missing_of_branch(north.get()) == []


# ---- Where it stands


def test_legal_notice_is_for_everybody_and_says_not_what_for(said: Browser) -> None:
    page = Browser(headers={"accept-language": "fr"}).get(reverse("legal")).content.decode()
    for words in (
        "Anne-Marie Castagné",
        "3 rue Haute",
        "W462000000",
        "Hôte SA",
        "1 rue du Serveur",
    ):
        assert words in page
    assert 'href="tel:+33536491000"' in page and 'href="tel:0561910000"' in page
    assert "Nous accompagnons" not in page
    assert not re.search(r"bénévole|cancer|malad|accompagn|dossier", page)


def test_neutral_name_is_that_of_the_reader(said: Browser, cast: Cast) -> None:
    for language, name in (("fr", "Mon carnet"), ("en", "My space")):
        browser = Browser(headers={"accept-language": language})
        for path in (reverse("sign_in"), reverse("privacy"), reverse("legal"), "/nowhere/"):
            page = browser.get(path).content.decode()
            assert f"– {name}</title>" in page, (language, path)
            assert f"<span>{name}</span>" in page, (language, path)


def test_portal_bears_the_name_and_number_of_its_language(
    said: Browser, cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    account = open_portal(cast.volunteer, client)[0]
    browser = sign_in(account)
    for language, name, words in (
        ("fr", "Mon carnet", "Sonnez."),
        ("en", "My space", "Ring the bell."),
    ):
        superuser.execute(
            "UPDATE volunteers_user SET language = %s WHERE id = %s", [language, account]
        )
        page = browser.get("/my-space/").content.decode()
        assert f"– {name}</title>" in page
        assert words in page
        assert page.count('href="tel:0536491010"') == 2  # in the text, and in the foot of each page
        missing = browser.get("/my-space/nothing/").content.decode()
        assert f"– {name}</title>" in missing


def test_number_is_dialled_without_blanks(said: Browser, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.volunteer).get(reverse("branch_list")).content.decode()
    assert 'href="tel:0536491010">05 36 49 10 10<' in page
    assert not re.search(r'href="tel:[^"]*[^0-9+"]', page)


# ---- The privacy notice


def lead(cast: Cast, phone: str) -> str:
    """How the lead stands there: other tests let somebody else hold that office too."""
    with cast.president.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.lead_name()")
        name = cursor.fetchone()[0]
    assert name.startswith("Protection")
    return f"{name}, {phone}"


def test_published_notice_stands_with_number_and_day_and_old_ones_stay(
    said: Browser, cast: Cast, sign_in: SignIn
) -> None:
    said.post(reverse("notice_publish"))
    with cast.president.actor().transaction():
        first = notice.latest()
    assert first
    said.post(reverse("association_edit"), {**SAID, "lead_phone": "05 36 49 10 22"})
    page = sign_in(cast.volunteer).get(reverse("privacy")).content.decode()
    assert f"Version {first.number}, published on" in page
    assert lead(cast, "05 36 49 10 11") in page  # what was published, not what is typed since
    said.post(reverse("notice_publish"))
    page = sign_in(cast.volunteer).get(reverse("privacy")).content.decode()
    assert lead(cast, "05 36 49 10 22") in page
    old = reverse("privacy_version", args=[first.number])
    assert old in page
    assert lead(cast, "05 36 49 10 11") in sign_in(cast.newcomer).get(old).content.decode()
    assert said.get(reverse("privacy_version", args=[9999])).status_code == 404


def test_notice_that_says_the_same_is_not_published_again(said: Browser) -> None:
    said.post(reverse("notice_publish"))
    before = notice_numbers(said)
    said.post(reverse("notice_publish"))
    assert notice_numbers(said) == before


def notice_numbers(browser: Browser) -> list[str]:
    page = browser.get(reverse("privacy")).content.decode()
    return re.findall(r"Version (\d+), published", page)


def test_quiet_space_and_nobody_read_no_version(said: Browser, cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    quiet = sign_in(open_portal(cast.volunteer, client, quiet=True)[0])
    page = quiet.get(reverse("privacy")).content.decode()
    assert "Les Mains" not in page and reverse("legal") not in page
    assert quiet.get(reverse("privacy_version", args=[1])).status_code == 404
    assert Browser().get(reverse("privacy_version", args=[1])).status_code == 302


def of_the_association(**said: str) -> Association:
    """A row that is not saved; what is not said is empty."""
    found = Association(
        **dict.fromkeys(AssociationForm.base_fields, "") | {"within_eu": False} | said
    )
    found.lead_name = ""  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_notice_says_what_the_articles_ask(language: str) -> None:
    """GDPR 13(1) and (2), 14(1) and (2); and promises neither deletion nor Europe unless somebody said so."""
    found = of_the_association(**SAID)
    found.lead_name = "Rachid"  # type: ignore[attr-defined]
    text = notice.compose(found, language)
    for words in (
        "Les Mains",
        "Rachid, 05 36 49 10 11",
        "6(1)(f)" if language == "en" else "6.1.f",
        "9(2)(a)" if language == "en" else "9.2.a",
        "14(5)(b)" if language == "en" else "14.5.b",
        "CNIL",
        "Hôte SA",
    ):
        assert words in text, words
    europe = "European Union" if language == "en" else "Union européenne"
    assert europe not in text
    found.within_eu = True
    assert europe in notice.compose(found, language)
    bare = of_the_association(name="Les Mains")
    assert not re.search(r"[{}\[\]]|, ,|: \.|: $", notice.compose(bare, language), re.M)


def test_french_notice_has_its_no_break_spaces() -> None:
    wording = (notice.WORDING / "notice.fr.txt").read_text(encoding="utf-8")
    text = re.sub(r"^\[!?\w+\] ", "", wording, flags=re.M)
    assert re.findall(r"[^\u00a0] ?[;?!»]|« |[^\u00a0\d]: ", text) == []


def test_both_languages_have_the_same_parts() -> None:
    """Line by line: headings, points, and what stands only where it is said."""
    shapes = [
        [
            re.match(r"(\[!?\w+\] )?(#* ?)(- )?", line).group()  # type: ignore[union-attr]
            + " ".join(sorted(re.findall(r"{\w+}", line)))
            for line in (notice.WORDING / f"notice.{language}.txt").read_text("utf-8").splitlines()
        ]
        for language in ("en", "fr")
    ]
    assert shapes[0] == shapes[1]


# ---- On paper


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["le jeudi", "Sonnez.", "Nous accompagnons.", "quelques heures", "tribunal"]),
        ("en", ["Thursdays", "Ring the bell.", "We support people.", "a few hours", "go to court"]),
    ],
)
def test_leaflet_prints_without_any_record(
    said: Browser,
    cast: Cast,
    sign_in: SignIn,
    superuser: psycopg.Connection,
    language: str,
    words: list[str],
) -> None:
    browser = sign_in(cast.volunteer)
    assert "In French (PDF)" in browser.get(reverse("paper_list")).content.decode()
    before = len(events(superuser, "leaflet.print_any"))
    paper = browser.get(reverse("leaflet_print", args=[cast.north, language]))
    text = pdf_text(paper)
    for each in [
        "Les Mains",
        "05 36 49 10 10",
        "12 rue du Port",
        lead(cast, "05 36 49 10 11"),
        "CNIL",
        *words,
    ]:
        assert each in text, each
    assert len(events(superuser, "leaflet.print_any")) == before + 1
    assert browser.get(reverse("leaflet_print", args=[cast.south, language])).status_code == 403
    assert browser.get(reverse("leaflet_print", args=[cast.north, "de"])).status_code == 404


@pytest.mark.parametrize("language", ["fr", "en"])
def test_notice_prints_as_it_was_published(
    said: Browser, cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, language: str
) -> None:
    said.post(reverse("notice_publish"))
    said.post(reverse("association_edit"), {**SAID, "lead_phone": "05 36 49 10 33"})
    text = pdf_text(sign_in(cast.coordinator).get(reverse("notice_print", args=[language])))
    assert lead(cast, "05 36 49 10 11") in text
    assert "Version" in text and "3 rue Haute" in text


def test_where_no_code_binds_nothing_prints_and_the_page_says_so(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("volunteers.papers.current_version", lambda: None)
    monkeypatch.setattr("volunteers.views.papers.current_version", lambda: None)
    monkeypatch.setattr("volunteers.notice.latest", lambda: None)
    browser = sign_in(cast.volunteer)
    page = browser.get(reverse("paper_list")).content.decode()
    assert "no code of confidentiality binds today" in page
    assert "has not published it yet" in page
    client = new_client(cast.volunteer)
    for path in (
        reverse("leaflet_print", args=[cast.north, "fr"]),
        reverse("notice_print", args=["fr"]),
        reverse("leaflet", args=[client.pk]),
    ):
        assert browser.get(path).status_code == 302


def test_card_of_a_watched_space_bears_no_number(
    said: Browser, cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    for mode, number in (("open", True), ("quiet", False)):
        client = new_client(cast.volunteer)
        browser = sign_in(cast.volunteer)
        browser.post(reverse("portal_open", args=[client.pk]), {"mode": mode, "wanted": "on"})
        text = pdf_text(browser.post(reverse("portal_card", args=[client.pk])))
        assert ("05 36 49 10 10" in text) is number
        assert "Les Mains" not in text
        assert "Mon carnet" in text or "My space" in text
