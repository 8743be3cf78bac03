"""Whoever received a note that was corrected afterwards is told (GDPR 19): a list, a letter, a date."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection
from django.urls import reverse
from pypdf import PdfReader

from clients.models import Statement
from disclosures.actions import recipients
from disclosures.models import Disclosure, RecipientTold
from tests.making import acts, disclosures
from tests.making.clients import new_client
from tests.making.misplaced import move
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone
from tests.making.spaces import account_of, today
from tests.making.statements import accept, say

RIGHT = "Took the heart tablets at noon, both times."
TOLD = {"channel": "letter", **today("told_on")}


@pytest.fixture
def corrected(cast: Cast) -> tuple[Statement, Disclosure]:
    """A note left, and was corrected because the client said so."""
    made = disclosures.released(cast).disclosure
    with cast.volunteer.actor().transaction():
        contact = made.client.contacts.get(happened_on=date(2026, 1, 7)).pk
    statement = say(cast.volunteer, made.client, contact=contact, words="I forgot them once.")
    accept(cast.volunteer, statement, RIGHT)
    return statement, made


def test_the_coordinator_has_a_list_with_letters_and_the_client_sees_who_was_told(
    cast: Cast, sign_in: SignIn, corrected: tuple[Statement, Disclosure]
) -> None:
    statement, made = corrected
    where = reverse("recipient_list", args=[statement.pk])
    browser = sign_in(cast.deputy)
    assert where in browser.get("/").content.decode()
    page = browser.get(where).content.decode()
    assert disclosures.WORDS["recipient"] in page and "Print the letter" in page
    letter = browser.get(reverse("recipient_letter", args=[statement.pk, made.pk]))
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(letter.content)).pages)
    text = " ".join(text.split())
    assert RIGHT in text and made.reference in text and "Aubertot" in text
    for word in ("Honorine", "Vauquelin", "I forgot them once", disclosures.CHOSEN):
        assert word not in text
    told = reverse("recipient_told", args=[statement.pk, made.pk])
    assert "Told on" in browser.post(told, TOLD, follow=True).content.decode()
    assert "written down before" in browser.post(told, TOLD, follow=True).content.decode()
    assert where not in browser.get("/").content.decode()
    own = sign_in(account_of(cast, made.client))
    assert "We told them on" in own.get(reverse("portal_disclosures")).content.decode()


def test_what_is_kept_from_the_client_stays_kept_from_them(
    cast: Cast,
    sign_in: SignIn,
    corrected: tuple[Statement, Disclosure],
    superuser: psycopg.Connection,
) -> None:
    """That a recipient was told says that there was one."""
    statement, made = corrected
    acts.call(
        cast.deputy,
        "tell_recipient(%s, %s, %s, 'letter', sec.today())",
        uuid4(),
        statement.pk,
        made.pk,
    )
    account = account_of(cast, made.client)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE disclosures_disclosure SET consent = 'refused', untold = 'harm',"
            " look_again_on = sec.today() + 30 WHERE id = %s",
            [made.pk],
        )
    page = sign_in(account).get(reverse("portal_disclosures")).content.decode()
    assert "We told them on" not in page and disclosures.WORDS["recipient"] not in page
    with Someone(account, "", None).actor().transaction():
        assert not RecipientTold.objects.filter(statement=statement).exists()


def test_the_letter_needs_the_notes(
    cast: Cast, sign_in: SignIn, corrected: tuple[Statement, Disclosure]
) -> None:
    statement, made = corrected
    where = reverse("recipient_letter", args=[statement.pk, made.pk])
    page = sign_in(cast.coordinator).get(where, follow=True).content.decode()
    assert "Open the notes first" in page


def test_nobody_else_tells_or_sees_whom(
    cast: Cast, sign_in: SignIn, corrected: tuple[Statement, Disclosure]
) -> None:
    statement, made = corrected
    where = reverse("recipient_list", args=[statement.pk])
    assert sign_in(cast.volunteer).get(where).status_code == 403
    for person in (cast.south_coordinator, cast.outsider):
        assert sign_in(person).get(where).status_code == 404
    acts.complain(cast.volunteer, made.client, "coordinator", cast.coordinator)
    for person in (cast.volunteer, cast.south_coordinator, cast.president, cast.coordinator):
        with pytest.raises(DatabaseError, match=r"not permitted|names you"):
            acts.call(
                person,
                "tell_recipient(%s, %s, %s, 'letter', sec.today())",
                uuid4(),
                statement.pk,
                made.pk,
            )
    with cast.outsider.actor().transaction():
        assert not RecipientTold.objects.filter(statement=statement).exists()


def test_only_who_received_it_and_only_since_it_was_corrected(
    cast: Cast, corrected: tuple[Statement, Disclosure], superuser: psycopg.Connection
) -> None:
    statement, made = corrected
    tell = "tell_recipient(gen_random_uuid(), %s, %s, 'letter', sec.today() - %s)"
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.deputy, tell, statement.pk, made.pk, 1)
    other = disclosures.approved(cast)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.deputy, tell, statement.pk, other.pk, 0)
    # The link ran out and was never used: nobody has it.
    superuser.execute(
        "UPDATE disclosures_delivery SET tries_left = 0 WHERE disclosure_id = %s", [made.pk]
    )
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.deputy, tell, statement.pk, made.pk, 0)


def letter_text(sign_in: SignIn, by: Someone, statement: Statement, made: Disclosure) -> str:
    """The words of the letter, as the recipient reads them."""
    letter = sign_in(by).get(reverse("recipient_letter", args=[statement.pk, made.pk]))
    pages = PdfReader(io.BytesIO(letter.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def contact_of(cast: Cast, made: Disclosure) -> UUID:
    """The contact that left."""
    with cast.volunteer.actor().transaction():
        return made.client.contacts.get(happened_on=date(2026, 1, 7)).pk


def test_what_was_struck_out_when_it_left_is_struck_out_of_the_letter(
    cast: Cast, sign_in: SignIn
) -> None:
    made = disclosures.with_struck(cast, "heart")
    disclosures.let_out(cast, made)
    contact = contact_of(cast, made)
    statement = say(cast.volunteer, made.client, contact=contact, words="Only once.")
    accept(cast.volunteer, statement, RIGHT)
    text = letter_text(sign_in, cast.deputy, statement, made)
    assert "Took the [passage struck out] tablets at noon" in text
    assert "heart" not in text
    # In another form it can still be read: then the letter has none of the note.
    again = say(cast.volunteer, made.client, contact=contact, words="Not that either.")
    accept(cast.volunteer, again, "Has heartburn since noon.")
    text = letter_text(sign_in, cast.deputy, again, made)
    assert "not part of this letter" in text
    assert "heart" not in text and "noon" not in text


def test_who_received_a_contact_that_was_taken_out_is_told_because_of_the_breach(
    cast: Cast,
) -> None:
    """Not because of what the client said of it: the disclosure knows the contact no more."""
    made = disclosures.released(cast).disclosure
    contact = contact_of(cast, made)
    statement = say(cast.volunteer, made.client, contact=contact, words="That is not me.")
    move(cast.volunteer, contact, new_client(cast.volunteer))
    with cast.deputy.actor().transaction():
        assert not recipients.waiting().filter(pk=statement.pk).exists()


@pytest.mark.parametrize("over", ["tries_left = 0", "expires_at = now()", "recalled_at = now()"])
def test_who_can_no_longer_receive_it_waits_on_nobody_s_first_page(
    cast: Cast,
    corrected: tuple[Statement, Disclosure],
    superuser: psycopg.Connection,
    over: str,
) -> None:
    statement, made = corrected

    def waits() -> bool:
        with cast.deputy.actor().transaction():
            return recipients.waiting().filter(pk=statement.pk).exists()

    assert waits()
    superuser.execute(f"UPDATE disclosures_delivery SET {over} WHERE disclosure_id = %s", [made.pk])
    assert not waits()


def test_whether_a_complaint_names_one_is_said_at_the_act_only(
    cast: Cast, sign_in: SignIn, corrected: tuple[Statement, Disclosure]
) -> None:
    statement, made = corrected
    may = f"may_tell_recipient('{statement.pk}', '{made.pk}')"
    before = acts.call(cast.deputy, may)
    acts.complain(cast.volunteer, made.client, "coordinator", cast.deputy)
    assert before is acts.call(cast.deputy, may) is True
    told = reverse("recipient_told", args=[statement.pk, made.pk])
    page = sign_in(cast.deputy).post(told, TOLD, follow=True).content.decode()
    assert "Another coordinator of the branch can" in page
    with cast.coordinator.actor().transaction():
        assert not RecipientTold.objects.filter(statement=statement).exists()


def test_the_application_writes_none_of_it_itself(
    cast: Cast, corrected: tuple[Statement, Disclosure]
) -> None:
    statement, made = corrected
    for sql in (
        "INSERT INTO disclosures_recipienttold (id, client_id, statement_id, disclosure_id, told_on, channel, by_id, made_at)"
        " SELECT gen_random_uuid(), d.client_id, %s, d.id, sec.today(), 'letter', d.requested_by_id, now()"
        " FROM disclosures_disclosure d WHERE d.id = %s",
        "DELETE FROM disclosures_recipienttold WHERE statement_id = %s AND disclosure_id = %s",
    ):
        with (
            pytest.raises(DatabaseError),
            cast.deputy.actor().transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [statement.pk, made.pk])
