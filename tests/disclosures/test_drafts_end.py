"""Preparing a disclosure reads notes under their own line; what was begun and not sent ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from disclosures.models import DRAFT_LASTS, Disclosure, State
from disclosures.tasks import end_old_drafts
from tests.making import disclosures
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.sealing import as_worker


def actions(superuser: psycopg.Connection, client: UUID) -> list[tuple[str, str]]:
    return superuser.execute(
        "SELECT action, purpose FROM audit_event WHERE subject = %s AND actor_kind = 'user' AND outcome = 'done' ORDER BY at",
        [client],
    ).fetchall()


@pytest.mark.parametrize("step", ["contacts", "why"])
def test_reading_notes_for_a_disclosure_is_the_clients_own_line(
    cast: Cast, sign_in: Callable, superuser: psycopg.Connection, step: str
) -> None:
    """Under an action and a purpose that are true of any reading, and say nothing of a disclosure."""
    made = disclosures.drafted(cast)
    before = actions(superuser, made.client_id)
    page = sign_in(cast.volunteer).get(f"/disclosures/{made.pk}/edit/{step}/")
    assert disclosures.CHOSEN in page.content.decode()
    new = actions(superuser, made.client_id)[len(before) :]
    assert ("client.view", "support") in new
    apart = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE subject = %s AND action = 'client.view' AND sec.is_apart(action, object_type)",
        [made.client_id],
    ).fetchone()[0]
    assert apart == 0
    sign_in(cast.volunteer).get(f"/disclosures/{made.pk}/edit/recipient/")
    assert [a for a, _ in actions(superuser, made.client_id)[len(before) + len(new) :]] == [
        "disclosure.edit"
    ]


def test_deciding_and_releasing_read_notes_in_the_same_way(
    cast: Cast, sign_in: Callable, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    disclosures.open_notes(cast.coordinator, made)
    browser = sign_in(cast.coordinator)
    before = len(actions(superuser, made.client_id))
    assert disclosures.CHOSEN in browser.get(f"/disclosures/{made.pk}/decide/").content.decode()
    assert ("client.view", "coordination") in actions(superuser, made.client_id)[before:]


def age(superuser: psycopg.Connection, made: Disclosure, days: float) -> None:
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE disclosures_disclosure SET made_at = now() - make_interval(secs => %s) WHERE id = %s",
            [days * 86400, made.pk],
        )


def state(cast: Cast, made: Disclosure) -> tuple[str, UUID | None]:
    with cast.coordinator.actor().transaction():
        found = Disclosure.objects.get(pk=made.pk)
        return found.state, found.cancelled_by_id


def test_an_old_draft_ends_by_itself_with_an_event(
    cast: Cast, sign_in: Callable, superuser: psycopg.Connection
) -> None:
    old, young, sent = disclosures.drafted(cast), disclosures.drafted(cast), disclosures.asked(cast)
    until = timezone.localtime(timezone.now() + DRAFT_LASTS)
    page = sign_in(cast.volunteer).get(f"/disclosures/{young.pk}/").content.decode()
    assert f"It ends by itself on {until.day} {until:%B %Y}" in page
    age(superuser, old, 14.01)
    age(superuser, young, 13.9)
    age(superuser, sent, 20)
    with as_worker():
        end_old_drafts(0)
    assert state(cast, old) == (State.CANCELLED, None)
    assert state(cast, young)[0] == State.DRAFT
    assert state(cast, sent)[0] == State.ASKED
    (event,) = superuser.execute(
        "SELECT actor_kind, actor_role FROM audit_event WHERE object_id = %s AND action = 'disclosure.cancelled'",
        [old.pk],
    ).fetchall()
    assert event == ("nobody", "job")
    page = sign_in(cast.volunteer).get(f"/disclosures/{old.pk}/").content.decode()
    assert "By itself: it was not sent in time" in page
    assert sign_in(cast.volunteer).get(f"/disclosures/{old.pk}/edit/contacts/").status_code == 302


def test_nobody_else_ends_a_draft_without_a_name(cast: Cast, superuser: psycopg.Connection) -> None:
    made = disclosures.drafted(cast)
    age(superuser, made, 20)
    with pytest.raises(DatabaseError), cast.volunteer.actor().transaction():
        Disclosure.objects.filter(pk=made.pk).update(state="cancelled")
    assert state(cast, made)[0] == State.DRAFT


BEGAN = "object_id = %s AND action = 'disclosure.draft'"


def place_in_time(superuser: psycopg.Connection, made: Disclosure, at: datetime) -> datetime:
    """Put the line of its beginning elsewhere in time; where it was."""
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        [was] = superuser.execute(f"SELECT at FROM audit_event WHERE {BEGAN}", [made.pk]).fetchone()
        superuser.execute(f"UPDATE audit_event SET at = %s WHERE {BEGAN}", [at, made.pk])
    return was


def test_an_unsent_draft_is_unusual(
    cast: Cast, sign_in: Callable, superuser: psycopg.Connection
) -> None:
    made = disclosures.drafted(cast)
    was = place_in_time(superuser, made, timezone.now() - timedelta(days=9))
    answer = sign_in(cast.protection).get("/log/unusual/")
    place_in_time(superuser, made, was)  # other tests compare the whole log
    rules = {rule["code"]: rule for rule in answer.context["rules"]}
    with cast.coordinator.actor().transaction():
        reference = made.client.reference
    days = {(row["day"], row["about"]) for row in rules["drafts"]["rows"]}
    assert (timezone.localdate() - timedelta(days=9), reference) in days


def test_a_draft_does_not_say_itself_when_it_began(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Or one that says tomorrow would never end."""
    client, made = new_client(cast.volunteer), uuid4()
    with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO disclosures_disclosure (id, client_id, branch_id, reference, ground, state, consent, untold, requested_by_id, made_at)"
            " VALUES (%s, %s, %s, %s, 'law', 'draft', '', '', %s, now() + interval '50 years')",
            [made, client.pk, client.branch_id, f"D-{made.hex[:6]}", cast.volunteer.id],
        )
    asked = "SELECT made_at <= now() FROM disclosures_disclosure WHERE id = %s"
    assert superuser.execute(asked, [made]).fetchone() == (True,)
