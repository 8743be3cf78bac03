"""The minimum: single fields, nothing on the cover that was not picked, words struck out of a note."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from audit import door
from clients.models import Identity, SafeContact
from disclosures.actions import contents, delivery, requests
from disclosures.actions.striking import absent, hidden, still_said, struck
from disclosures.models import Disclosure, DisclosureItem
from tests.making import disclosures
from tests.making.disclosures import CHOSEN, decision
from tests.making.pages import SignIn
from tests.making.people import Cast
from tests.making.statements import say
from vault.exceptions import Refused

MARK = "passage struck out"


def edited(browser: Browser, made: Disclosure, step: str, data: dict[str, Any]) -> Any:
    return browser.post(reverse("disclosure_edit", args=[made.pk, step]), data)


def picked(cast: Cast, sign_in: SignIn, *details: str, notes: bool = True) -> Disclosure:
    """A draft in which exactly these fields are picked on the page, with or without the note."""
    made = disclosures.drafted(cast)
    browser = sign_in(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, made.client_id, "safe_contact.edit", "support")
        identity = Identity.objects.get(client=made.client).unlock(keys)
        identity.address, identity.born_on = "4 impasse du Cygne, Cahors", "1951-03-04"
        identity.save()
        card = SafeContact.objects.get(client=made.client).unlock(keys)
        card.phone, card.remarks = "05 36 49 11 22", "Not on Mondays"
        card.save()
        contact = made.client.contacts.get(happened_on=date(2026, 1, 7))
    data = {"details": list(details), "contacts": [str(contact.pk)] if notes else []}
    assert edited(browser, made, "contacts", data).status_code == 302
    return made


def explained(cast: Cast, sign_in: SignIn, made: Disclosure, strike: str = "") -> Any:
    """The page of reasons, filled in; with words struck out of the note."""
    browser = sign_in(cast.volunteer)
    page = browser.get(reverse("disclosure_edit", args=[made.pk, "why"]))
    data = {name: "Needed." for name in page.context["form"].fields if "-" not in name}
    data |= {name: strike for name in page.context["form"].fields if "-" in name}
    return edited(browser, made, "why", data)


def out_of(cast: Cast, made: Disclosure) -> str:
    """Asked, approved, released and opened: the text of the document."""
    with cast.volunteer.actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)
    disclosures.decide(cast.deputy, made)
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        out = delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)
    url = f"/d/{out.secret}/"
    answer = Browser().post(url, {"passphrase": out.passphrase})
    reader = PdfReader(BytesIO(answer.content))
    return " ".join(page.extract_text() for page in reader.pages)


def test_an_address_leaves_without_a_note_and_without_a_name(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = picked(cast, sign_in, "address", "phone", notes=False)
    assert explained(cast, sign_in, made).status_code == 302
    text = out_of(cast, made)
    assert "4 impasse du Cygne" in text
    assert "05 36 49 11 22" in text
    assert f"our reference is {made.reference}" in text
    for kept in ("Vauquelin", "Honorine", "1951", CHOSEN, "Mondays"):
        assert kept not in text


def test_nothing_is_asked_where_nothing_is_picked(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.drafted(cast)
    answer = edited(sign_in(cast.volunteer), made, "contacts", {})
    assert "Choose at least one of them" in answer.content.decode()


def test_each_picked_field_needs_its_reason(cast: Cast, sign_in: SignIn) -> None:
    made = picked(cast, sign_in, "name", "address")
    with pytest.raises(DatabaseError):  # nor can the code be a word
        with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE disclosures_disclosuredetail SET detail = 'duval', revision = revision + 1 WHERE disclosure_id = %s",
                [made.pk],
            )
    answer = sign_in(cast.volunteer).post(reverse("disclosure_ask", args=[made.pk]))
    assert answer.headers["Location"].endswith("/edit/why/")


def test_struck_words_are_shown_as_they_will_look_and_never_leave(
    cast: Cast, sign_in: SignIn
) -> None:
    """CHOSEN: "Forgot the heart tablets twice"."""
    made = picked(cast, sign_in, "name")
    assert explained(cast, sign_in, made, "HÉART\ntwice").status_code == 302
    with cast.volunteer.actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)
    disclosures.open_notes(cast.deputy, made)
    page = sign_in(cast.deputy).get(reverse("disclosure_decide", args=[made.pk])).content.decode()
    assert f"Forgot the <strong>[{MARK}]</strong> tablets <strong>[{MARK}]</strong>" in page
    assert "heart tablets twice" not in page
    disclosures.decide(cast.deputy, made)
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        out = delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)
    answer = Browser().post(f"/d/{out.secret}/", {"passphrase": out.passphrase})
    reader = PdfReader(BytesIO(answer.content))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert f"Forgot the [{MARK}] tablets [{MARK}]" in text
    for page_ in reader.pages:
        for word in (b"heart", b"twice"):
            assert word not in page_.get_contents().get_data()  # type: ignore[union-attr]
    assert "heart tablets" not in text
    assert "twice" not in text


def pages_of(cast: Cast, made: Disclosure) -> str:
    """Decided on, released and opened: the text of the document."""
    disclosures.decide(cast.deputy, made)
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        out = delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)
    answer = Browser().post(f"/d/{out.secret}/", {"passphrase": out.passphrase})
    reader = PdfReader(BytesIO(answer.content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def spoken(cast: Cast, made: Disclosure, words: str) -> None:
    """The client says something about the note that is to leave."""
    with cast.volunteer.actor().transaction():
        contact = made.client.contacts.get(happened_on=date(2026, 1, 7)).pk
    say(cast.volunteer, made.client, contact=contact, words=words)


def test_what_the_client_says_about_a_note_is_shown_and_struck_with_it(
    cast: Cast, sign_in: SignIn
) -> None:
    made = picked(cast, sign_in, "name")
    spoken(cast, made, "Gaspard kept the heart pills.")
    browser = sign_in(cast.volunteer)
    page = browser.get(reverse("disclosure_edit", args=[made.pk, "why"])).content.decode()
    assert "Gaspard kept the heart pills." in page
    assert "does not stand" in explained(cast, sign_in, made, "Balthazar").content.decode()
    assert explained(cast, sign_in, made, "Gaspard\nheart").status_code == 302
    view = reverse("disclosure_view", args=[made.pk])
    assert "says about this note goes along" in browser.get(view).content.decode()
    sent = browser.post(reverse("disclosure_ask", args=[made.pk]), follow=True)
    assert "will decide" in sent.content.decode()
    text = pages_of(cast, made)
    assert f"[{MARK}] kept the [{MARK}] pills." in text
    assert f"Forgot the [{MARK}] tablets twice" in text
    assert "Gaspard" not in text and "heart" not in text


def test_what_the_client_says_after_it_was_asked_makes_no_approval_impossible(
    cast: Cast, sign_in: SignIn
) -> None:
    """Also where a struck word only begins another: it is struck, and whoever decides sees it so."""
    made = picked(cast, sign_in, "name")
    assert explained(cast, sign_in, made, "heart").status_code == 302
    with cast.volunteer.actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)
    spoken(cast, made, "It was heartburn, not the heart.")
    disclosures.open_notes(cast.deputy, made)
    where = reverse("disclosure_decide", args=[made.pk])
    browser = sign_in(cast.deputy)
    page = browser.get(where).content.decode()
    assert f"It was <strong>[{MARK}]</strong>, not the <strong>[{MARK}]</strong>." in page
    assert "still to be read" not in page
    assert browser.post(where, decision(made, cast)).status_code == 302
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        package = contents.package(actor, made, keys, "fr")
    assert "heart" not in str(package["items"])


def test_what_can_still_be_read_elsewhere_is_refused(cast: Cast, sign_in: SignIn) -> None:
    """On the page of reasons; and when it is decided on or let out, whoever wrote it and however."""
    made = picked(cast, sign_in, "name")
    browser = sign_in(cast.volunteer)
    assert "does not stand in the note" in explained(cast, sign_in, made, "dog").content.decode()
    revision = browser.get(reverse("disclosure_edit", args=[made.pk, "recipient"]))
    data = {
        name: disclosures.WORDS[name]
        for name in ("recipient", "recipient_function", "recipient_reach")
    }
    data |= {"need": "About the tablets.", "revision": revision.context["form"]["revision"].value()}
    assert edited(browser, made, "recipient", data).status_code == 302
    assert explained(cast, sign_in, made, "tablets").status_code == 302
    stays = browser.post(reverse("disclosure_ask", args=[made.pk]), follow=True)
    assert "still to be read in another: tablets" in stays.content.decode()
    assert stays.request["PATH_INFO"].endswith("/edit/why/")
    with cast.volunteer.actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)
    disclosures.open_notes(cast.deputy, made)
    page = sign_in(cast.deputy).post(
        reverse("disclosure_decide", args=[made.pk]), decision(made, cast)
    )
    assert "still to be read in another: tablets" in page.content.decode()
    disclosures.decide(cast.deputy, made)
    with pytest.raises(Refused, match="tablets"):
        with cast.deputy.actor().transaction() as actor:
            keys = disclosures.opened(actor, made, "disclosure.release")
            delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)


def test_the_hash_covers_what_is_struck_and_what_is_picked(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = picked(cast, sign_in, "name")
    seen = []

    def digest() -> bytes:
        row = superuser.execute("SELECT sec.contents_digest(%s)", [made.pk]).fetchone()
        assert row
        return bytes(row[0])

    seen.append(digest())
    explained(cast, sign_in, made, "heart")
    seen.append(digest())
    explained(cast, sign_in, made, "")
    seen.append(digest())
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, made.client_id, "client.edit", "support")
        identity = Identity.objects.get(client=made.client).unlock(keys)
        identity.family_name = "Vauquelin-Roux"
        identity.save()
    seen.append(digest())
    assert len(set(seen)) == 4


def test_a_request_from_before_has_name_and_birth_on_its_cover(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    made = disclosures.drafted(cast)
    with pytest.raises(DatabaseError, match="keeps who asked"):
        with cast.volunteer.actor().transaction():
            Disclosure.objects.filter(pk=made.pk).update(picked=None)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE disclosures_disclosure SET picked = NULL WHERE id = %s", [made.pk]
        )
        superuser.execute(
            "DELETE FROM disclosures_disclosuredetail WHERE disclosure_id = %s", [made.pk]
        )
    with cast.volunteer.actor().transaction() as actor:
        old = Disclosure.objects.get(pk=made.pk)
        keys = disclosures.opened(actor, old, "disclosure.view")
        assert contents.cover(old, keys)["name"] == "Honorine Vauquelin"


def test_words_of_an_item_do_not_change_after_asking(cast: Cast) -> None:
    made = disclosures.asked(cast)
    with cast.volunteer.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.view")
        (item,) = DisclosureItem.objects.filter(disclosure=made, chosen=True)
        item.unlock(keys).strike = "heart"
        with pytest.raises(Exception, match=r"meantime|changed"):
            item.save()


@given(st.text("abé 12.-", max_size=30), st.text("abe 12\n", max_size=8))
def test_what_is_hidden_can_nowhere_be_read(text: str, typed: str) -> None:
    parts = hidden(text, [typed])
    assert not still_said([typed], [part for part in parts if part])
    if not still_said([typed], [text]):
        assert "".join(part or "" for part in parts) == text


def test_a_mark_says_nothing_of_its_length_and_words_side_by_side_are_one() -> None:
    text = "Mme Élise Du-Pont and Jean-Luc came."
    assert struck(text, "elise\ndu pont") == ["Mme ", None, " and Jean-Luc came."]
    assert struck(text, "jean luc") == ["Mme Élise Du-Pont and ", None, " came."]
    assert struck(text, "ean") == [text], "whole words only"
    assert absent(text, "ean\njean luc") == ["ean"]
    assert still_said(["Dupont"], ["The Duponts came"]) == ["Dupont"]
    assert still_said(["Ann"], ["L'année, cannes"]) == []
    assert still_said(["Ann"], ["to Ann."]) == ["Ann"]


@given(
    st.lists(st.sampled_from(["ann", "bob", "Zoé", "12", "rue", "Lot"]), min_size=1, max_size=12),
    st.data(),
)
def test_what_is_struck_is_nowhere_in_what_is_left(said: list[str], data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(said))
    parts = struck(" ".join(said), wanted)
    left = " ".join(part for part in parts if part)
    assert wanted not in left.split()
    assert not still_said([wanted], [part for part in parts if part])
    assert [word for word in said if word != wanted] == left.split()
