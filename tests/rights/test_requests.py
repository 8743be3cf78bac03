"""Requests from hearing them to telling the answer: what the pages do, and what the database refuses whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.test import Client as Browser
from django.utils import timezone
from pypdf import PdfReader

from audit import door
from audit.models import Event
from clients.models import Client
from rights.models import RequestNote, SubjectRequest
from rights.requests import actions
from tests.making import acts
from tests.making.clients import new_client
from tests.making.deadlines import days_to_answer
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import superuser
from tests.making.requests import ago, answer, form, given, heard, note, today, why_not
from vault.exceptions import Refused

SignIn = Callable[..., Browser]


def events(client: Client) -> set[str]:
    with superuser() as connection:
        rows = connection.execute(
            "SELECT action FROM audit_event WHERE subject = %s", [client.pk]
        ).fetchall()
    return {action for (action,) in rows}


def test_whoever_hears_it_records_it_with_the_day_on_which_it_reached_us(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    assert (
        f"/clients/{client.pk}/requests/new/"
        in browser.get(f"/clients/{client.pk}/").content.decode()
    )
    where, sent = form(client, ago(3), identity="rung_back")
    assert browser.post(where, sent)["Location"] == f"/clients/{client.pk}/"
    with cast.coordinator.actor().transaction():
        asked = SubjectRequest.objects.get(client=client)
    days = days_to_answer(ago(3))
    assert (asked.received_on, asked.due_on, asked.latest_on) == (ago(3), days.due, days.latest)
    assert (asked.how, asked.by_id) == ("phone", cast.volunteer.id)
    assert {"request.record", "request.new", "request.identity"} <= events(client)
    page = sign_in(cast.coordinator).get(f"/requests/{asked.pk}/").content.decode()
    assert "A copy." in page
    assert "Rung back on the number of the card" in page
    assert "Nobody has noted how they know who asks" not in page
    assert browser.get(f"/requests/{asked.pk}/").status_code == 403


def test_a_day_to_come_is_refused_by_page_and_database(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    where, sent = form(client, ago(-1))
    assert sign_in(cast.volunteer).post(where, sent).status_code == 200
    with pytest.raises(IntegrityError):
        heard(cast.volunteer, client, received_on=ago(-1))
    with pytest.raises(IntegrityError):
        heard(cast.volunteer, client, received_on=ago(400))
    with cast.coordinator.actor().transaction():
        assert not SubjectRequest.objects.filter(client=client).exists()


def test_nobody_writes_a_day_of_the_answer_of_their_own(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.coordinator.actor().transaction():
        made = SubjectRequest(
            client=client, branch_id=client.branch_id, kind="access", due_on=date(2050, 1, 1)
        )
        made.save(force_insert=True)
        made.refresh_from_db()
        assert made.due_on == days_to_answer(today()).due
    with (
        pytest.raises(Exception, match="permission denied"),
        cast.coordinator.actor().transaction(),
    ):
        SubjectRequest.objects.filter(pk=made.pk).update(due_on=date(2050, 1, 1))


@pytest.mark.parametrize(
    "kind", ["restriction", "portability", "objection", "withdrawal", "correction", "deletion"]
)
def test_each_kind_is_recorded_and_shown_with_what_to_do(
    cast: Cast, sign_in: SignIn, kind: str
) -> None:
    client = new_client(cast.volunteer)
    where, sent = form(client, today(), kind=kind)
    assert sign_in(cast.volunteer).post(where, sent).status_code == 302
    with cast.coordinator.actor().transaction():
        asked = SubjectRequest.objects.get(client=client)
    assert asked.kind == kind
    assert sign_in(cast.coordinator).get(f"/requests/{asked.pk}/answer/").status_code == 200


def test_it_is_not_fulfilled_before_it_is_known_who_asks(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer), identity="doubt")
    assert why_not(answer, cast.coordinator, asked) == "request_identity"
    note(cast.coordinator, asked, "identity", how="paper", words="Identity card, seen today.")
    note(cast.coordinator, asked, "founded", how="no")
    assert why_not(answer, cast.coordinator, asked) == "request_checks"
    note(cast.coordinator, asked, "founded", how="yes")
    assert answer(cast.coordinator, asked).state == "done"


def test_somebody_else_asks_for_a_client_with_proof_only(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    where, sent = form(client, today(), quality="lawyer", identity="met")
    browser = sign_in(cast.volunteer)
    assert "Enter the name of whoever asks." in browser.post(where, sent).content.decode()
    assert browser.post(where, {**sent, "applicant": "Maître Roux"}).status_code == 302
    with cast.coordinator.actor().transaction():
        asked = SubjectRequest.objects.get(client=client)
    lead = sign_in(cast.coordinator)
    assert "Maître Roux" in lead.get(f"/requests/{asked.pk}/").content.decode()
    assert why_not(answer, cast.coordinator, asked) == "request_identity"
    checked = {"identity": "met", "entitled": "yes", "words": "Mandate of 3 March, seen today."}
    assert lead.post(f"/requests/{asked.pk}/note/check/", checked).status_code == 302
    assert answer(cast.coordinator, asked).state == "done"


def test_the_clock_stands_still_only_with_words_and_once_at_a_time(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer), received_on=ago(10))
    assert why_not(note, cast.coordinator, asked, "pause", how="who") == "request_reasons"
    assert why_not(note, cast.coordinator, asked, "resume", day=today()) == "request_pause"
    asked = note(cast.coordinator, asked, "pause", how="precision", words="Which of the visits?")
    assert asked.paused_on == today()
    assert not asked.is_overdue
    again = {"how": "who", "words": "Who are you, please?"}
    assert why_not(note, cast.coordinator, asked, "pause", **again) == "request_pause"
    assert why_not(note, cast.coordinator, asked, "resume", day=ago(1)) == "request_pause"
    asked = note(cast.coordinator, asked, "resume", day=today())
    days = days_to_answer(ago(10))
    assert (asked.paused_on, asked.paused_days, asked.due_on) == (None, 0, days.due)


def test_days_on_which_it_stood_still_move_both_days(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer), received_on=ago(10))
    note(cast.coordinator, asked, "pause", how="who", words="Please ring us back.")
    with superuser() as other:  # as if that had been six days ago
        other.execute(acts.ASLEEP)
        other.execute(
            "UPDATE rights_subjectrequest SET paused_on = %s WHERE id = %s", [ago(6), asked.pk]
        )
        other.commit()
    asked = note(cast.coordinator, asked, "resume", day=ago(1))
    days = days_to_answer(ago(10), paused=5)
    assert (asked.paused_days, asked.due_on, asked.latest_on) == (5, days.due, days.latest)


def test_a_pause_does_not_save_a_day_that_has_passed(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer), received_on=ago(50))
    late = {"how": "who", "words": "Who are you, please?"}
    assert why_not(note, cast.coordinator, asked, "pause", **late) == "request_pause"


def test_two_months_more_are_taken_within_the_first_with_reasons(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    asked, late = (heard(cast.volunteer, client, received_on=ago(n)) for n in (20, 40))
    where = f"/requests/{asked.pk}/note/extend/"
    lead = sign_in(cast.coordinator)
    assert lead.post(where, {"words": ""}).status_code == 200
    assert why_not(note, cast.coordinator, asked, "extend", words="") == "request_reasons"
    reasons = {"words": "Four hundred pages on paper."}
    assert lead.post(where, reasons).status_code == 302
    with cast.coordinator.actor().transaction():
        asked = SubjectRequest.objects.get(pk=asked.pk)
    assert asked.due_on == days_to_answer(ago(20), extended=today()).due
    assert asked.to_tell  # they have no space in which to read it
    assert "within the first month" in lead.post(where, reasons).content.decode()
    assert why_not(note, cast.coordinator, late, "extend", **reasons) == "request_late"


def test_another_day_of_receipt_counts_everything_anew_and_is_kept(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer), received_on=ago(5))
    asked = note(cast.coordinator, asked, "receipt", day=ago(40))
    assert (asked.received_on, asked.due_on) == (ago(40), days_to_answer(ago(40)).due)
    assert asked.is_overdue
    with cast.coordinator.actor().transaction():
        line = RequestNote.objects.get(request=asked, kind="receipt")
    assert (line.was, line.day) == (ago(5), ago(40))
    for wrong in (ago(-1), ago(500)):
        with pytest.raises((Refused, IntegrityError)):
            note(cast.coordinator, asked, "receipt", day=wrong)


def test_a_longer_time_that_turns_out_late_counts_for_nothing(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer), received_on=ago(20))
    note(cast.coordinator, asked, "extend", words="Four hundred pages on paper.")
    asked = note(cast.coordinator, asked, "receipt", day=ago(60))
    assert asked.due_on == days_to_answer(ago(60)).due


def test_notes_are_a_coordinators_and_nobody_changes_one(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer))
    for by in (cast.volunteer, cast.south_coordinator, cast.protection):
        with pytest.raises(Exception), by.actor().transaction() as actor:  # noqa: B017
            keys, _ = door.new_keys(asked.client_id)
            new = {"kind": "receipt", "day": ago(9)}
            actions.note(by=actor, request=asked, keys=keys, **new)
    with superuser() as other:
        found = other.execute(
            "SELECT kind FROM rights_requestnote WHERE request_id = %s", [asked.pk]
        ).fetchall()
    assert found == [("identity",)]
    with (
        pytest.raises(Exception, match="permission denied"),
        cast.coordinator.actor().transaction(),
    ):
        RequestNote.objects.filter(request=asked).update(how="paper")


@pytest.mark.parametrize("state", ["refused", "done"])
def test_an_answer_without_words_is_refused_by_the_database(cast: Cast, state: str) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer))
    said = {"state": state, "handled_by_id": cast.coordinator.id, "handled_at": timezone.now()}
    with (
        pytest.raises(IntegrityError, match="cannot go this way") as caught,
        cast.coordinator.actor().transaction(),
    ):
        SubjectRequest.objects.filter(pk=asked.pk).update(**said)
    assert caught.value.__cause__.diag.constraint_name == "request_reasons"  # type: ignore[union-attr]
    assert why_not(answer, cast.coordinator, asked, refused=True, text="") == "request_reasons"


@pytest.fixture
def both(cast: Cast) -> Someone:
    """Somebody who looks after a client, and has become coordinator since."""
    return recruit(cast.north)


def test_who_looks_after_a_client_does_not_answer_alone(
    cast: Cast, sign_in: SignIn, both: Someone
) -> None:
    client = given(cast, both)
    asked = heard(cast.coordinator, client)
    assert why_not(answer, both, asked) == "request_alone"
    lead = sign_in(cast.protection)
    page = lead.get("/requests/dates/").content.decode()
    assert client.reference in page
    assert "All of it." not in page
    assert "Quercy" not in page
    assert lead.post(f"/requests/{asked.pk}/second/").status_code == 302
    assert answer(both, asked).state == "done"
    assert "request.second" in events(client)


def test_nobody_is_the_second_person_for_themself(cast: Cast, both: Someone) -> None:
    asked = heard(cast.coordinator, given(cast, both))
    assert not acts.call(both, "second_request(%s)", asked.pk)
    assert why_not(answer, both, asked) == "request_alone"
    assert answer(cast.deputy, asked).state == "done"


def test_who_wrote_in_a_record_does_not_refuse_alone(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    asked = heard(cast.deputy, client, kind="correction")
    assert why_not(answer, cast.coordinator, asked, refused=True) == "request_alone"
    assert answer(cast.deputy, asked, refused=True).state == "refused"


def test_a_second_person_is_an_office_and_hidden_is_as_absent(cast: Cast) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer))
    for by in (cast.volunteer, cast.south_coordinator, cast.president):
        for which in (asked.pk, UUID(int=7)):
            assert acts.call(by, "second_request(%s)", which) is False
    with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sec.request_dates('2020-01-01')")
        assert cursor.fetchone() == (0,)


def test_an_answer_that_is_not_read_online_waits_until_it_was_told(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    asked = heard(cast.volunteer, client)
    lead = sign_in(cast.coordinator)
    sent = {"outcome": "done", "text": "It is in the envelope.", "revision": "1"}
    said = lead.post(f"/requests/{asked.pk}/answer/", sent, follow=True).content.decode()
    assert "The client does not see it online" in said
    assert "To be told to the client" in lead.get("/requests/").content.decode()
    told = {
        "how": "letter",
        **dict(zip(("day_day", "day_month", "day_year"), _parts(), strict=True)),
    }
    assert lead.post(f"/requests/{asked.pk}/note/told/", told).status_code == 302
    page = lead.get(f"/requests/{asked.pk}/").content.decode()
    assert "Note how they were told" not in page
    assert "By letter" in page
    assert (
        "nothing of this kind"
        in lead.post(f"/requests/{asked.pk}/note/told/", told).content.decode()
    )


def _parts() -> tuple[str, str, str]:
    return str(today().day), str(today().month), str(today().year)


def test_the_letter_bears_the_remedies_and_is_an_event(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    asked = heard(cast.volunteer, client)
    lead = sign_in(cast.coordinator)
    assert lead.get(f"/requests/{asked.pk}/letter/").status_code == 302
    answer(cast.coordinator, asked, refused=True, text="The law makes us keep it.")
    got = lead.get(f"/requests/{asked.pk}/letter/")
    assert got["Content-Type"] == "application/pdf"
    read = "".join(page.extract_text() for page in PdfReader(BytesIO(got.content)).pages)
    for words in ("The law makes us keep it.", "CNIL", "tribunal", client.reference, "Odile"):
        assert words in read
    assert "request.print" in events(client)


def test_correcting_nothing_is_said_knowingly(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    asked = heard(cast.volunteer, client, kind="correction")
    lead, where = sign_in(cast.coordinator), f"/requests/{asked.pk}/answer/"
    sent = {"outcome": "done", "text": "It is corrected.", "revision": "1"}
    page = lead.post(where, sent).content.decode()
    assert "Nothing was changed in the record since. Correct it first" in page
    identity = {"given_name": "Odette", "family_name": "Quercy", "language": "fr", "revision": "1"}
    assert lead.post(f"/clients/{client.pk}/identity/", identity).status_code == 302
    assert "who the client is" in lead.get(where).content.decode()
    assert lead.post(where, sent).status_code == 302


def test_the_record_says_that_somebody_asked_to_delete_it(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser, page = sign_in(cast.volunteer), f"/clients/{client.pk}/"
    assert "asked us to delete" not in browser.get(page).content.decode()
    asked = heard(cast.coordinator, client, kind="deletion")
    assert "asked us to delete" in browser.get(page).content.decode()
    answer(cast.deputy, asked, refused=True, text="We have to keep it.")
    assert "asked us to delete" not in browser.get(page).content.decode()


def test_holidays_of_a_branch_move_what_waits(cast: Cast, sign_in: SignIn) -> None:
    moved = next(
        ago(n) for n in range(366) if days_to_answer(ago(n)) != days_to_answer(ago(n), local=True)
    )
    asked = heard(cast.volunteer, new_client(cast.volunteer), received_on=moved)
    lead = sign_in(cast.coordinator)
    for more in ("on", ""):
        sent = {"branch": str(cast.north), "more": more}
        assert lead.post("/requests/holidays/", sent).status_code == 302
        with cast.coordinator.actor().transaction():
            asked = SubjectRequest.objects.get(pk=asked.pk)
        assert asked.due_on == days_to_answer(moved, local=bool(more)).due
    other = sign_in(cast.south_coordinator)
    assert other.post("/requests/holidays/", sent).status_code == 403


def test_the_dates_count_what_is_overdue_and_due(cast: Cast, sign_in: SignIn) -> None:
    late = heard(cast.volunteer, new_client(cast.volunteer), received_on=ago(45))
    page = sign_in(cast.coordinator).get("/requests/").content.decode()
    assert page.index("Overdue") < page.index(f"/requests/{late.pk}/")
    home = sign_in(cast.protection).get("/").content.decode()
    assert "/requests/dates/" in home
    assert "overdue" in home
    with cast.protection.actor().transaction():
        assert Event.objects.filter(action="request.new", subject=late.client_id).exists()
