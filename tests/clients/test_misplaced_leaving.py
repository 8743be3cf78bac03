"""A contact on the wrong client that was to leave, had left, or was being copied: nothing of it is left there either."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.test import Client as Browser

from audit.actor import Actor
from audit.rows import Comparison
from clients.consultations.actions import Part
from clients.models import Client, Contact, Misplaced
from disclosures.actions import delivery, requests
from disclosures.models import Disclosure, DisclosureItem
from rights.export import archive
from rights.export.actions import begin_export
from rights.tasks import remove_exports
from tests.making import consultations, disclosures
from tests.making.clients import NOTE, assign, new_client
from tests.making.copies import strike
from tests.making.exports import asked, latest, pages, taken
from tests.making.misplaced import move
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.sealing import as_verifier, as_worker
from tests.making.servers import work
from tests.making.spaces import Space, open_portal
from tests.making.statements import first_contact, open_notes
from vault.files import path_of

ITEM = "disclosures_disclosureitem"


def chosen(disclosure: Disclosure) -> UUID:
    """The contact that is to leave."""
    row = Contact.objects.filter(client=disclosure.client_id, happened_on=date(2026, 1, 7))
    return row.get().pk


def drafted(cast: Cast) -> Disclosure:
    """A draft with words struck out, so that its item holds the rest of the note, and has an earlier text."""
    made = disclosures.drafted(cast)
    with cast.volunteer.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.add")
        item = DisclosureItem.objects.get(disclosure=made).unlock(keys)
        item.strike, item.parts = "heart tablets", ["Forgot the ", None, " twice"]
        item.why = "Because of the pills."
        item.save()
    return made


def asked_for(cast: Cast) -> Disclosure:
    """Sent for a decision."""
    made = drafted(cast)
    with cast.volunteer.actor().transaction() as actor:
        requests.ask(by=actor, disclosure=made)
    return made


def refused(cast: Cast) -> Disclosure:
    """Refused by the deputy."""
    made = asked_for(cast)
    disclosures.decide(cast.deputy, made, approve=False)
    return made


def stopped(cast: Cast) -> Disclosure:
    """The client took back their yes."""
    made = asked_for(cast)
    disclosures.take_back(cast.volunteer, made.client)
    return made


def received(cast: Cast) -> Disclosure:
    """The recipient has opened it."""
    out = disclosures.released(cast)
    answer = Browser().post(out.url, {"passphrase": out.handover.passphrase})
    assert answer.status_code == 200
    return out.disclosure


def space_of(cast: Cast, client: Client, sign_in: SignIn) -> Space:
    """The client's own space."""
    user, username = open_portal(cast.volunteer, client)
    return Space(client, user, sign_in(user), username)


def left(superuser: psycopg.Connection, disclosure: Disclosure) -> int:
    """Items of a disclosure, and their earlier texts."""
    query = f"""SELECT (SELECT count(*) FROM {ITEM} WHERE disclosure_id = %s)
        + (SELECT count(*) FROM clients_revision WHERE client_id = %s AND "table" = '{ITEM}')"""
    row = superuser.execute(query, [disclosure.pk, disclosure.client_id]).fetchone()
    assert row
    return int(row[0])


def test_nothing_of_it_is_left_in_disclosures_nor_in_the_copy(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """Whatever became of them: the copy of the wrong client holds none of its words."""
    found = [make(cast) for make in (asked_for, refused, stopped, received)]
    spaces = []
    for disclosure in found:
        with cast.volunteer.actor().transaction():
            contact = chosen(disclosure)
        assert left(superuser, disclosure) > 0
        move(cast.volunteer, contact, new_client(cast.volunteer))
        assert left(superuser, disclosure) == 0
        page = sign_in(cast.deputy).get(f"/disclosures/{disclosure.pk}/")
        assert page.status_code == 200 and "Because of the pills" not in page.content.decode()
        spaces.append(space_of(cast, disclosure.client, sign_in))
        asked(spaces[-1])
    worked = work()
    for own in spaces:
        copy = taken(own, latest(own))
        whole = copy.read("record.json").decode() + pages(copy)
        assert disclosures.KEPT in whole, worked.stderr[-2000:]
        for words in (disclosures.CHOSEN, "Forgot the", " twice", "Because of the pills."):
            assert words not in whole
    with as_verifier():
        compared = Comparison()
        compared.table(DisclosureItem)
    ids = [str(disclosure.client_id) for disclosure in found]
    assert [fault for fault in compared.found.faults if any(pk in fault for pk in ids)] == []


def out_of(cast: Cast, asker: Someone) -> disclosures.Out:
    """Asked for by somebody, and released by the deputy."""
    made = disclosures.approved(cast, asker)
    with cast.deputy.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.release")
        out = delivery.release(by=actor, disclosure=made, keys=keys, language="en", days=7)
    return disclosures.Out(made, out)


@pytest.mark.parametrize("own", [True, False])
def test_a_package_that_nobody_has_opened_leads_nowhere(
    cast: Cast, superuser: psycopg.Connection, own: bool
) -> None:
    """Also where whoever moves the contact may not recall it by itself."""
    author = cast.volunteer
    out = out_of(cast, author if own else recruit(cast.north))
    with author.actor().transaction():
        contact = chosen(out.disclosure)
    assert Browser().get(out.url).status_code == 200
    move(author, contact, new_client(author))
    again = Browser().post(out.url, {"passphrase": out.handover.passphrase})
    assert again.status_code == 404
    state = disclosures.column(superuser, out.disclosure, "state")
    assert state == "recalled"
    row = superuser.execute(
        "SELECT recalled_at IS NOT NULL, length(wrapped_key) FROM disclosures_delivery WHERE id = %s",
        [out.handover.delivery.pk],
    ).fetchone()
    assert row == (True, 0)


@pytest.mark.parametrize("make", [asked_for, disclosures.approved, stopped])
@pytest.mark.parametrize("own", [True, False])
def test_what_was_sent_and_has_not_left_is_cancelled(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, make: Any, own: bool
) -> None:
    """Whoever moves the contact: the fields that are left would go with words that were about it."""
    made = make(cast)
    by = cast.volunteer if own else cast.coordinator
    if not own:
        open_notes(by, made.client)
    with by.actor().transaction():
        contact = chosen(made)
    move(by, contact, new_client(by))
    assert left(superuser, made) == 0
    row = (disclosures.column(superuser, made, name) for name in ("state", "cancelled_by_id"))
    assert tuple(row) == ("cancelled", by.id)
    answer = sign_in(cast.deputy).get(f"/disclosures/{made.pk}/decide/", follow=True)
    assert answer.redirect_chain == [(f"/disclosures/{made.pk}/", 302)]
    shown = sign_in(cast.volunteer).get(f"/disclosures/{made.pk}/").content.decode()
    assert "it was noted here by mistake. So this was cancelled." in shown
    assert f"/clients/{made.client_id}/disclosures/new/" in shown


def test_a_copy_that_is_being_made_is_lost_with_its_file(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """The contact is moved after it was gathered, and before the file is ready."""
    wrong, file = new_client(cast.volunteer), uuid4()
    contact = first_contact(cast.volunteer, wrong)
    export = asked(space_of(cast, wrong, sign_in))
    with as_worker():
        job = Actor(begin_export(export.pk))
        with job.transaction():
            archive._claim(export, file=file, progress=5)
    path = path_of(settings.FILES_ROOT, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sealed")
    move(cast.volunteer, contact, new_client(cast.volunteer))
    with as_worker():
        with pytest.raises(archive.Lost), job.transaction():
            archive._ready(export, file=file, size=6)
        remove_exports(0)
    assert not path.exists()
    query = "SELECT state, file FROM rights_export WHERE id = %s"
    assert superuser.execute(query, [export.pk]).fetchone() == ("failed", None)


def begun(browser: Browser, client: Client) -> UUID:
    """A copy that the team prepares."""
    data = {"reason": "asked", "way": "hand", "language": "en"}
    answer = browser.post(f"/clients/{client.pk}/copies/new/", data)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return UUID(answer["Location"].split("/")[2])


def sent(cast: Cast, browser: Browser, client: Client, *without: UUID) -> UUID:
    """The same, sent to be released without these contacts."""
    open_notes(cast.coordinator, client)
    copy = begun(browser, client)
    left_out = {f"contact-{contact}": "others" for contact in without}
    assert strike(browser, copy, **left_out).status_code == 302
    return copy


def test_copies_that_the_team_prepares_end_for_both(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """What was looked through has changed; what was left out of one is gone with the contact."""
    author = cast.volunteer
    wrong, right = new_client(author), new_client(author)
    contact = first_contact(author, wrong)
    browser = sign_in(cast.coordinator)
    copies = [sent(cast, browser, wrong, contact), sent(cast, browser, right)]
    left_out = "SELECT count(*) FROM rights_leftout WHERE contact_id = %s"
    assert superuser.execute(left_out, [contact]).fetchone() == (1,)
    move(author, contact, right)
    ended = "SELECT count(*) FROM rights_preparedcopy WHERE id = ANY (%s) AND state = 'ended' AND ended_at IS NOT NULL"
    assert superuser.execute(ended, [copies]).fetchone() == (2,)
    assert superuser.execute(left_out, [contact]).fetchone() == (0,)
    assert browser.get(f"/copies/{copies[1]}/").status_code == 200


def test_who_prepared_a_copy_could_read_it(cast: Cast, sign_in: SignIn) -> None:
    """Whatever their line says by then, as with a copy that the client had made."""
    author = recruit(cast.north)
    wrong, right = new_client(author), new_client(author)
    contact = first_contact(author, wrong)
    browser = sign_in(cast.coordinator)
    open_notes(cast.coordinator, wrong)
    copy = begun(browser, wrong)
    assert NOTE in browser.get(f"/copies/{copy}/strike/").content.decode()
    assert count(move(author, contact, right)) == (0, 1)


def test_a_colleague_who_was_given_a_part_could_read_it(cast: Cast, sign_in: SignIn) -> None:
    """Also where the client's name was left out; and nobody who was asked about another contact."""
    author, asked_one, other = (recruit(cast.north) for _ in range(3))
    wrong, right = new_client(author), new_client(author)
    contact = first_contact(author, wrong)
    part = Part(contact, "Phone", "She sleeps badly.")
    for colleague, parts in ((asked_one, (part,)), (other, ())):
        made = consultations.ask(author, colleague, wrong, withheld=True, parts=parts)
        assert sign_in(colleague).get(f"/consultations/{made}/").status_code == 200
    assert count(move(author, contact, right)) == (1, 0)


def test_moved_twice_it_counts_from_when_it_was_there(cast: Cast, sign_in: SignIn) -> None:
    """Whoever read the second record before the contact came there did not read it."""
    author, early, late = (recruit(cast.north) for _ in range(3))
    first, second, third = (new_client(author) for _ in range(3))
    for person in (early, late):
        assign(cast.coordinator, second, person)
    contact = first_contact(author, first)
    sign_in(early).get(f"/clients/{second.pk}/")
    move(author, contact, second)
    sign_in(late).get(f"/clients/{second.pk}/")
    with author.actor().transaction():
        rows = Contact.objects.filter(client=second, taken_out_at=None)
        moved = rows.exclude(pk=first_contact_of(second)).get().pk
    assert count(move(author, moved, third)) == (1, 0)


def first_contact_of(client: Client) -> UUID:
    """The contact that was there from the start: the second record's own."""
    return Contact.objects.filter(client=client).latest("made_at").pk


def count(left_there: Misplaced) -> tuple[int, int]:
    """How many volunteers and coordinators could read it."""
    return left_there.seen_by_volunteers, left_there.seen_by_coordinators
