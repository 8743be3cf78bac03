"""Who agrees to an answer, which times count, what is told, and who records a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError
from django.test import Client as Browser
from django.utils import timezone

from disclosures.actions import printing
from rights.models import SubjectRequest
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import Cast, recruit
from tests.making.requests import ago, answer, form, given, heard, note, why_not
from tests.making.restrictions import restrict
from tests.making.spaces import open_portal

SignIn = Callable[..., Browser]


def test_the_wrong_person_does_not_shut_the_way(cast: Cast, sign_in: SignIn) -> None:
    near, other = recruit(cast.north), recruit(cast.north, "coordinator")
    client = given(cast, near)
    asked = heard(cast.coordinator, client)
    said = "Agree that a colleague answers"
    page = sign_in(near).get(f"/requests/{asked.pk}/").content.decode()
    assert said not in page
    assert not acts.call(near, "second_request(%s)", asked.pk)
    browser = sign_in(other)
    assert said in browser.get(f"/requests/{asked.pk}/").content.decode()
    assert acts.call(other, "second_request(%s)", asked.pk)
    assert said not in browser.get(f"/requests/{asked.pk}/").content.decode()
    # One that is valid is not replaced.
    assert not acts.call(cast.coordinator, "second_request(%s)", asked.pk)
    assert answer(near, asked).state == "done"


def test_one_who_is_near_is_replaced(cast: Cast, superuser: psycopg.Connection) -> None:
    near, other = recruit(cast.north), recruit(cast.north, "coordinator")
    asked = heard(cast.coordinator, given(cast, near))
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(  # as it could be said before
        "UPDATE rights_subjectrequest SET seconded_by_id = %s, seconded_at = now() WHERE id = %s",
        [near.id, asked.pk],
    )
    superuser.execute("RESET session_replication_role")
    assert acts.call(other, "second_request(%s)", asked.pk)
    row = superuser.execute(
        "SELECT seconded_by_id FROM rights_subjectrequest WHERE id = %s", [asked.pk]
    ).fetchone()
    assert row == (other.id,)


def test_who_had_the_client_on_the_day_of_receipt_does_not_decide_alone(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    near = recruit(cast.north, "coordinator")
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "INSERT INTO clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, starts_at, ends_at)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 'full', 'assignment', 'support', now() - interval '9 days',"
        " now() - interval '3 days')",
        [client.pk, cast.north, near.id],
    )
    superuser.execute("RESET session_replication_role")
    since = heard(cast.volunteer, client, received_on=ago(3))
    assert why_not(answer, near, since) == "request_alone"
    later = heard(cast.volunteer, client, received_on=ago(2))
    assert answer(near, later).state == "done"


def test_a_later_day_of_receipt_needs_words(cast: Cast, sign_in: SignIn) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer), received_on=ago(5))
    assert why_not(note, cast.coordinator, asked, "receipt", day=ago(2)) == "request_reasons"
    assert note(cast.coordinator, asked, "receipt", day=ago(6)).received_on == ago(6)
    words = "It lay in the box until then."
    assert note(cast.coordinator, asked, "receipt", day=ago(2), words=words).received_on == ago(2)


def test_times_are_those_of_the_database(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    long_ago = timezone.now() - timedelta(days=90)
    with cast.volunteer.actor().transaction():
        made = SubjectRequest(
            client=client,
            branch_id=client.branch_id,
            kind="access",
            how="phone",
            quality="self",
            due_on=ago(0),
            made_at=long_ago,
            handled_at=long_ago,
            handled_by_id=cast.volunteer.id,
        )
        made.save(force_insert=True)
        made.refresh_from_db()
    assert made.made_at > timezone.now() - timedelta(minutes=1)
    assert (made.handled_at, made.handled_by_id) == (None, None)
    with cast.coordinator.actor().transaction():
        rows = SubjectRequest.objects.filter(pk=made.pk)
        rows.update(state="in_progress", handled_by_id=cast.coordinator.id, handled_at=long_ago)
        made.refresh_from_db()
    assert made.handled_at > timezone.now() - timedelta(minutes=1)


def test_a_day_more_than_a_year_ago_is_said_at_its_field(cast: Cast, sign_in: SignIn) -> None:
    where, sent = form(new_client(cast.volunteer), ago(367))
    answered = sign_in(cast.volunteer).post(where, sent)
    assert answered.status_code == 200 and "or later" in answered.content.decode()


def test_a_restricted_record_takes_a_request_by_whoever_hears_it(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    restrict(cast.coordinator, client)
    browser = sign_in(cast.volunteer)
    where, sent = form(client, ago(0), kind="correction")
    assert where in browser.get(f"/clients/{client.pk}/").content.decode()
    assert browser.post(where, sent).status_code == 302
    with cast.coordinator.actor().transaction():
        assert SubjectRequest.objects.filter(client=client).count() == 1
    with pytest.raises(IntegrityError):
        heard(cast.volunteer, client, received_on=ago(367))
    assert sign_in(cast.outsider).get(where).status_code in (403, 404)


def test_what_is_read_online_is_read_in_a_space_that_is_used(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    open_portal(cast.volunteer, client)
    asked = heard(cast.volunteer, client)
    superuser.execute("SET session_replication_role = replica")

    def reads(**columns: object) -> bool:
        for name, value in columns.items():
            superuser.execute(
                f"UPDATE clients_portalaccess SET {name} = %s WHERE client_id = %s",
                [value, client.pk],
            )
        row = superuser.execute(
            "SELECT sec.is_read_online(r) FROM rights_subjectrequest r WHERE r.id = %s", [asked.pk]
        )
        return row.fetchone()[0]

    now = timezone.now()
    assert reads(confirmed_at=now, first_used_at=now)
    assert not reads(paused_until=timezone.localdate() + timedelta(days=3))
    assert not reads(paused_until=None, first_used_at=None)
    assert reads(first_used_at=now)
    superuser.execute("UPDATE clients_client SET state = 'closed' WHERE id = %s", [client.pk])
    assert not reads()
    superuser.execute("RESET session_replication_role")


def test_more_time_that_is_to_be_told_stands_in_its_list(cast: Cast, sign_in: SignIn) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer))
    note(cast.coordinator, asked, "extend", words="There are three thick folders.")
    page = sign_in(cast.coordinator).get("/requests/").content.decode()
    assert f"/requests/{asked.pk}/" in page.split("To be told to the client", 1)[1]


def test_a_letter_that_cannot_be_made_is_said(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = heard(cast.volunteer, new_client(cast.volunteer))
    answer(cast.coordinator, asked)
    monkeypatch.setattr(printing, "SECONDS", 0.01)  # the process that prints has no time at all
    browser = sign_in(cast.coordinator)
    said = browser.get(f"/requests/{asked.pk}/letter/", follow=True).content.decode()
    assert "could not be made" in said
