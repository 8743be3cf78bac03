"""A contact on the wrong client: moved in one act, nothing of it left in the wrong record but that it was there."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection
from django.test import Client as Browser
from django.utils import timezone

from audit import door
from clients.contacts.actions import attachments, contacts
from clients.contacts.home import misplaced_lately
from clients.models import Attachment, Breach, Client, Contact, ContactNote, Misplaced, Revision
from tests.making import acts
from tests.making.clients import NOTE, assign, new_client, unexplained
from tests.making.misplaced import move
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import restrict
from tests.making.statements import first_contact, open_notes, say
from vault import files
from vault.exceptions import Refused

SECOND = "Told of the second operation."
MOVE = "move_contact(gen_random_uuid(), %s, %s, gen_random_uuid(), gen_random_uuid(), '\\x0101', 1, '[]', 'B-TEST')"


@pytest.fixture
def helen(cast: Cast) -> Someone:
    """A volunteer of the north, for this test alone."""
    return recruit(cast.north)


def with_file(by: Someone, contact: UUID) -> UUID:
    """The contact gets a file, and a corrected note; the file on the disk."""
    with by.actor().transaction() as actor:
        row = Contact.objects.get(pk=contact)
        new = attachments.NewFile("letter.txt", "text/plain", b"Her own letter.")
        file = attachments.attach(by=actor, contact=row, new=new).file
        keys = door.open_one(actor, row.client_id, "contact.correct", "support")
        note = ContactNote.objects.get(contact=row).unlock(keys)
        contacts.correct_note(by=actor, note=note, text=SECOND, reason="misheard")
    return file


def test_it_is_in_the_right_record_as_it_was(cast: Cast, helen: Someone) -> None:
    wrong, right = new_client(helen), new_client(helen)
    contact = first_contact(helen, wrong)
    old = with_file(helen, contact)
    move(helen, contact, right)
    with helen.actor().transaction() as actor:
        moved = Contact.objects.filter(client=right).exclude(taken_out_at__isnull=False)
        here = moved.get(note__revision=1, attachments__isnull=False)
        was = Contact.objects.get(pk=contact)
        same = ("by_id", "happened_on", "channel", "made_at", "reached", "urgent")
        assert [getattr(here, n) for n in same] == [getattr(was, n) for n in same]
        keys = door.open_one(actor, right.pk, "contact.view", "support")
        assert here.note.unlock(keys).text == SECOND
        assert here.note.correction_reason == ""  # that was written about the other
        file = Attachment.objects.get(contact=here).unlock(keys)
        assert (file.name, file.content_type) == ("letter.txt", "text/plain")
        assert b"".join(files.read(settings.FILES_ROOT, keys, file.file)) == b"Her own letter."
    assert not files.path_of(settings.FILES_ROOT, old).exists()


def test_nothing_of_it_is_left_in_the_wrong_record(
    cast: Cast, sign_in: SignIn, helen: Someone, superuser: psycopg.Connection
) -> None:
    wrong, right = new_client(helen), new_client(helen)
    contact = first_contact(helen, wrong)
    with_file(helen, contact)
    say(helen, wrong, words="That was not me.")
    made = acts.consult(helen, cast.colleague, wrong, whole=[contact])
    move(helen, contact, right)
    for table in ("clients_contactnote", "clients_attachment", "clients_consultationentry"):
        left = f"SELECT count(*) FROM {table} WHERE client_id = %s AND contact_id = %s"
        assert superuser.execute(left, [wrong.pk, contact]).fetchone() == (0,), table
    sealed = superuser.execute(
        "SELECT count(*) FROM clients_revision WHERE client_id = %s AND sealed IS NOT NULL",
        [wrong.pk],
    ).fetchone()
    assert sealed == (0,)
    browser = sign_in(helen)
    pages = [browser.get(f"/contacts/{contact}/"), browser.get(f"/clients/{wrong.pk}/")]
    for page in (*pages, sign_in(cast.colleague).get(f"/consultations/{made}/")):
        text = page.content.decode()
        assert SECOND not in text and NOTE not in text and right.reference not in text
    text = pages[0].content.decode()
    assert "noted here by mistake" in text and "whoever wrote it" in text
    assert "Noted by mistake" in pages[1].content.decode()
    for part in ("correct/", "history/", "move/", "wrong/"):
        assert browser.get(f"/contacts/{contact}/{part}").status_code in (403, 404)
    assert browser.post(f"/contacts/{contact}/files/").status_code == 404
    with helen.actor().transaction():
        assert Client.objects.get(pk=wrong.pk).last_contact_on is None
        assert not Revision.objects.filter(client=wrong, sealed__isnull=False).exists()


def test_by_the_page_with_the_name_to_be_checked(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    wrong, right = new_client(helen), new_client(helen, "Rosalind", "Marchetti")
    contact = first_contact(helen, wrong)
    browser = sign_in(helen)
    assert f"/contacts/{contact}/move/" in browser.get(f"/contacts/{contact}/").content.decode()
    where = f"/contacts/{contact}/move/"
    for other in (wrong.reference, new_client(cast.outsider).reference, "C-NOBODY"):
        page = browser.get(where, {"to": other}).content.decode()
        assert "You have no other record with this reference" in page
    page = browser.get(where, {"to": right.reference.lower()}).content.decode()
    assert "Rosalind Marchetti" in page and "Is this the right person?" in page
    page = browser.post(where, {"client": str(right.pk)}).content.decode()
    assert "Read this, and tick the box" in page
    page = browser.post(where, {"client": str(right.pk), "sure": "on"}, follow=True)
    said = page.content.decode()
    assert "in the right record now" in said and "Rosalind" not in said
    assert "Nobody but whoever wrote it" in said
    assert NOTE in browser.get(f"/clients/{right.pk}/").content.decode()


def test_who_could_read_it_is_counted_by_role_and_is_a_breach(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    wrong, right = new_client(helen), new_client(helen)
    contact = first_contact(helen, wrong)
    reader, errand = recruit(cast.north), recruit(cast.north)
    assign(cast.coordinator, wrong, reader)
    assign(cast.coordinator, wrong, errand, scope="errand")
    for person in (reader, errand, cast.deputy):
        sign_in(person).get(f"/clients/{wrong.pk}/")
    open_notes(cast.coordinator, wrong)
    sign_in(cast.coordinator).get(f"/contacts/{contact}/")
    left = move(helen, contact, right)
    assert (
        left.seen_by_volunteers,
        left.seen_by_coordinators,
        left.seen_by_others,
        left.seen_by_client,
    ) == (1, 1, 0, False)
    with cast.protection.actor().transaction():
        breach = Breach.objects.get(misplaced=left)
        assert breach.branch_id == cast.north
    page = sign_in(cast.protection).get("/breaches/").content.decode()
    assert breach.reference in page and wrong.reference not in page
    with cast.coordinator.actor().transaction():
        assert misplaced_lately(cast.coordinator.id).filter(pk=left.pk).exists()
    assert "Noted on the wrong record" in sign_in(cast.coordinator).get("/").content.decode()
    page = sign_in(cast.coordinator).get(f"/contacts/{contact}/").content.decode()
    assert "1 volunteer" in page and "1 coordinator" in page
    with reader.actor().transaction():
        assert not Breach.objects.filter(misplaced=left).exists()


def test_seen_by_nobody_it_is_no_breach(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    wrong, right = new_client(helen), new_client(helen)
    sign_in(helen).get(f"/clients/{wrong.pk}/")
    left = move(helen, first_contact(helen, wrong), right)
    with cast.protection.actor().transaction():
        assert not Breach.objects.filter(misplaced=left).exists()


def test_both_logs_say_so_and_neither_names_the_other(
    cast: Cast, helen: Someone, superuser: psycopg.Connection
) -> None:
    wrong, right = new_client(helen), new_client(helen)
    since = timezone.now()
    move(helen, first_contact(helen, wrong), right)
    told = {}
    for client, other in ((wrong, right), (right, wrong)):
        rows = superuser.execute(
            "SELECT action, to_jsonb(e)::text FROM audit_event e WHERE subject = %s AND at >= %s",
            [client.pk, since],
        ).fetchall()
        told[client.pk] = {action for action, _ in rows}
        for _, whole in rows:
            assert str(other.pk) not in whole and other.reference not in whole
    assert "contact.take_out" in told[wrong.pk] and "contact.put_right" not in told[wrong.pk]
    assert "contact.put_right" in told[right.pk] and "contact.take_out" not in told[right.pk]


def test_a_coordinator_moves_what_another_wrote_with_the_notes_open(
    cast: Cast, helen: Someone
) -> None:
    wrong, right = new_client(helen), new_client(cast.volunteer)
    contact = first_contact(helen, wrong)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.deputy, MOVE, contact, right.pk)
    open_notes(cast.deputy, wrong)
    left = move(cast.deputy, contact, right)
    with cast.deputy.actor().transaction():
        assert Contact.objects.get(pk=contact).taken_out_by == "coordinator"
        moved = Contact.objects.filter(client=right, by_id=helen.id)
        assert moved.count() == 1 and left.by_id == cast.deputy.id


def test_who_must_not(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    """Another volunteer, another branch, whoever may not write there, whom the client complains about."""
    wrong, right, other = new_client(helen), new_client(helen), recruit(cast.north)
    contact = first_contact(helen, wrong)
    assign(cast.coordinator, wrong, other)
    theirs = new_client(other)
    for person, to in (
        (other, theirs),
        (cast.outsider, new_client(cast.outsider)),
        (cast.south_coordinator, new_client(cast.outsider)),
        (cast.president, right),
        (helen, theirs),
        (helen, wrong),
    ):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(person, MOVE, contact, to.pk)
    with (
        pytest.raises(ProgrammingError, match="not permitted"),
        helen.actor(fresh=False).transaction(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT sec.{MOVE}", [contact, right.pk])
    assert sign_in(other).get(f"/contacts/{contact}/move/").status_code == 403
    assert sign_in(cast.outsider).get(f"/contacts/{contact}/move/").status_code == 404


def test_whom_a_complaint_names_moves_nothing_and_learns_nothing_by_looking(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """Of either client; the page is the same, and what is refused is refused in the act."""
    wrong, right = new_client(helen), new_client(helen)
    contact = first_contact(helen, wrong)
    browser = sign_in(helen)
    before = seen(browser, contact, right)
    acts.complain(cast.coordinator, wrong, "volunteer", helen)
    assert seen(browser, contact, right) == before and "Is this the right person?" in before[1]
    with pytest.raises(DatabaseError, match="not possible now"):
        acts.call(helen, MOVE, contact, right.pk)
    sent = {"client": str(right.pk), "sure": "on"}
    page = browser.post(f"/contacts/{contact}/move/", sent, follow=True).content.decode()
    assert "This is not possible now." in page
    other, accusing = new_client(helen), new_client(helen)
    acts.complain(cast.coordinator, accusing, "volunteer", helen)
    with pytest.raises(DatabaseError, match="not possible now"):
        acts.call(helen, MOVE, first_contact(helen, other), accusing.pk)


def seen(browser: Browser, contact: UUID, right: Client) -> list[str]:
    """The page of the contact and the page that moves it, without what differs on each."""
    pages = (f"/contacts/{contact}/", f"/contacts/{contact}/move/?to={right.reference}")
    return [re.sub(r"[\w-]{40,}", "", browser.get(p).content.decode()) for p in pages]


def test_not_into_a_restricted_record_nor_before_the_explanation(
    cast: Cast, helen: Someone
) -> None:
    wrong, closed, new = new_client(helen), new_client(helen), unexplained(helen)
    contact = first_contact(helen, wrong)
    restrict(helen, closed)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(helen, MOVE, contact, closed.pk)
    with helen.actor().transaction() as actor:
        put_off = contacts.NewContact("phone", timezone.localdate(), urgent=True)
        contacts.log_contact(by=actor, client=new, new=put_off)
    with pytest.raises(Refused) as refused:
        move(helen, contact, new)
    assert "has not been explained" in str(refused.value.message)
    with helen.actor().transaction():
        assert ContactNote.objects.filter(contact=contact).exists()


def test_what_changed_meanwhile_is_not_moved_nor_lost(cast: Cast, helen: Someone) -> None:
    wrong, right = new_client(helen), new_client(helen)
    contact = first_contact(helen, wrong)
    with_file(helen, contact)
    for revision, sent in ((1, "[]"), (2, "[]")):
        statement = MOVE.replace("1, '[]'", f"{revision}, '{sent}'")
        with pytest.raises(DatabaseError, match="has changed"):
            acts.call(helen, statement, contact, right.pk)


def test_the_application_does_none_of_it_itself(cast: Cast, helen: Someone) -> None:
    wrong = new_client(helen)
    contact = first_contact(helen, wrong)
    move(helen, contact, new_client(helen))
    for sql in (
        "UPDATE clients_contact SET taken_out_at = NULL, taken_out_by = NULL WHERE id = %s",
        "DELETE FROM clients_misplaced WHERE contact_id = %s",
        "DELETE FROM clients_contactnote WHERE contact_id <> %s",
        "DELETE FROM clients_attachment WHERE contact_id <> %s",
        "DELETE FROM clients_revision WHERE row <> %s",
        "DELETE FROM clients_consultationentry WHERE id <> %s",
        "UPDATE clients_misplaced SET seen_by_volunteers = 0 WHERE contact_id = %s",
    ):
        with (
            pytest.raises(DatabaseError),
            helen.actor().transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, [contact])
    with (
        pytest.raises(DatabaseError, match="taken out"),
        helen.actor().transaction() as actor,
    ):
        keys = door.open_one(actor, wrong.pk, "contact.log", "support")
        ContactNote.new(keys, client=wrong, contact_id=contact, by_id=helen.id, text="Anew.").save()


def test_hidden_and_absent_are_alike(cast: Cast, helen: Someone) -> None:
    said = set()
    right = new_client(helen)
    for contact in (first_contact(cast.outsider, new_client(cast.outsider)), uuid4()):
        with pytest.raises(DatabaseError) as caught:
            acts.call(helen, MOVE, contact, right.pk)
        said.add(str(caught.value).split("\n")[0])
    assert said == {"not permitted"}
    with helen.actor().transaction():
        assert not Misplaced.objects.exclude(client=right).filter(by_id=helen.id).exists()
