"""The door and the log: no plaintext without an entry, which stays; a lost entry of an act undoes everything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.urls import include, path

from audit import door
from audit.actor import Actor, LogUnavailable
from audit.door import NotPermitted
from clients.contacts.actions import contacts
from clients.models import Background, Client, ContactNote, Identity
from clients.records.actions.explanations import NewExplanation
from tests.making.clients import assign, new_client
from tests.making.pages import without_chance
from tests.making.people import Cast
from vault.keys import SealBroken, log_keys
from vault.sealed import Locked

# ---- pages for these tests only: what a careless developer might write


def page_honest(request: HttpRequest, client_id: UUID) -> HttpResponse:
    client = door.get(request, Client.objects.all(), client_id, "client.view")
    keys = door.open_one(request, client.pk, "client.view", "support")
    return HttpResponse(client.identity.unlock(keys).full_name)


def page_round_the_door(request: HttpRequest, client_id: UUID) -> HttpResponse:
    return HttpResponse(Client.objects.get(pk=client_id).identity.given_name)


def page_swallows(request: HttpRequest, client_id: UUID) -> HttpResponse:
    with contextlib.suppress(ValueError), transaction.atomic():
        keys = door.open_one(request, client_id, "client.view", "support")
        raise ValueError
    identity = Identity.objects.get(client_id=client_id).unlock(keys)
    return HttpResponse(identity.given_name)


def page_swallows_an_act(request: HttpRequest, client_id: UUID) -> HttpResponse:
    background = Background.objects.get(client_id=client_id)
    background.unlock(
        door.open_one(request, client_id, "client.view", "support")
    ).text = "Rewritten."
    background.save()
    with contextlib.suppress(ValueError), transaction.atomic():
        door.record(request, "leaflet.print", subject=client_id, purpose="support")
        raise ValueError
    return HttpResponse(background.text)


def page_writes_then_fails(request: HttpRequest, client_id: UUID) -> HttpResponse:
    background = Background.objects.get(client_id=client_id)
    background.unlock(door.open_one(request, client_id, "client.view", "support")).text = "changed"
    background.save()
    raise RuntimeError("a bug")


urlpatterns = [
    path("honest/<uuid:client_id>/", page_honest),
    path("round/<uuid:client_id>/", page_round_the_door),
    path("swallows/<uuid:client_id>/", page_swallows),
    path("swallows-act/<uuid:client_id>/", page_swallows_an_act),
    path("writes-fails/<uuid:client_id>/", page_writes_then_fails),
    path("", include("confidential.urls")),
]


@pytest.fixture
def browser(settings: pytest.FixtureRequest, sign_in: object, cast: Cast) -> Browser:
    """The volunteer's browser, on the pages above."""
    settings.ROOT_URLCONF = __name__
    return sign_in(cast.volunteer)


@contextlib.contextmanager
def log_out_of_order(superuser: psycopg.Connection) -> Iterator[None]:
    """The log cannot be written."""
    superuser.execute("REVOKE INSERT ON audit_event FROM confidential_door")
    try:
        yield
    finally:
        superuser.execute("GRANT INSERT ON audit_event TO confidential_door")


def events(superuser: psycopg.Connection, subject: UUID, action: str) -> list[tuple]:
    return superuser.execute(
        "SELECT outcome, actor, purpose, basis FROM audit_event WHERE subject = %s AND action = %s",
        [subject, action],
    ).fetchall()


def background_of(superuser: psycopg.Connection, client: Client) -> bytes:
    return superuser.execute(
        "SELECT sealed FROM clients_background WHERE client_id = %s", [client.pk]
    ).fetchone()[0]


def test_honest_page_shows_and_logs(
    browser: Browser, cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    response = browser.get(f"/honest/{client.pk}/")
    assert response.status_code == 200
    assert response.content == b"Odile Quercy"
    assert events(superuser, client.pk, "client.view") == [
        ("done", cast.volunteer.id, "support", "assignment")
    ]


def test_page_round_the_door_gets_nothing(browser: Browser, cast: Cast) -> None:
    client = new_client(cast.volunteer)
    response = browser.get(f"/round/{client.pk}/")
    assert response.status_code == 500
    assert b"Odile" not in response.content


@pytest.mark.parametrize("page", ["honest", "writes-fails"])
def test_log_out_of_order_is_503(
    browser: Browser, cast: Cast, superuser: psycopg.Connection, page: str
) -> None:
    client = new_client(cast.volunteer)
    before = background_of(superuser, client)
    with log_out_of_order(superuser):
        response = browser.get(f"/{page}/{client.pk}/")
    assert response.status_code == 503
    assert b"Odile" not in response.content
    assert background_of(superuser, client) == before


def test_opening_stays_whatever_the_page_undoes(
    browser: Browser, cast: Cast, superuser: psycopg.Connection
) -> None:
    for page, status in {"swallows": 200, "writes-fails": 500}.items():
        client = new_client(cast.volunteer)
        assert browser.get(f"/{page}/{client.pk}/").status_code == status
        assert len(events(superuser, client.pk, "client.view")) == 1


def test_swallowed_act_is_503_and_changes_nothing(
    browser: Browser, cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    before = background_of(superuser, client)
    response = browser.get(f"/swallows-act/{client.pk}/")
    assert response.status_code == 503
    assert b"Rewritten" not in response.content
    assert background_of(superuser, client) == before


def test_failing_page_changes_nothing(
    browser: Browser, cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    before = background_of(superuser, client)
    assert browser.get(f"/writes-fails/{client.pk}/").status_code == 500
    assert background_of(superuser, client) == before


def test_hidden_and_absent_look_alike_and_hidden_is_logged(
    browser: Browser, cast: Cast, superuser: psycopg.Connection
) -> None:
    hidden = new_client(cast.outsider)
    first, second = browser.get(f"/honest/{hidden.pk}/"), browser.get(f"/honest/{uuid4()}/")
    assert first.status_code == second.status_code
    assert without_chance(first.content) == without_chance(second.content)
    assert first.status_code == 404
    assert events(superuser, hidden.pk, "client.view") == [("denied", cast.volunteer.id, "", "")]


def test_door_refuses_what_is_hidden(cast: Cast) -> None:
    mine, hidden = new_client(cast.volunteer), new_client(cast.outsider)
    with cast.volunteer.actor().transaction() as actor:
        with pytest.raises(NotPermitted):
            door.open(actor, [mine.pk, hidden.pk], "client.view", "support")
        assert set(door.scan(actor, [mine.pk, hidden.pk], "client.search", "support")) == {mine.pk}


def test_scan_gives_nothing_of_the_log_and_is_one_event(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    clients = [new_client(cast.volunteer) for _ in range(3)]
    with cast.volunteer.actor().transaction() as actor:
        found = door.scan(actor, [c.pk for c in clients], "client.search", "support")
        for client in clients:
            keys = found[client.pk]
            assert Identity.objects.get(client=client).unlock(keys).family_name == "Quercy"
            with pytest.raises(SealBroken, match="nothing of the log"):
                log_keys(keys.audit)
            opened = door.open_one(actor, client.pk, "client.view", "support")
            assert (opened.data, bool(opened.audit)) == (keys.data, True)
    counted = "SELECT detail ->> 'records' FROM audit_event WHERE action = 'client.search' AND actor = %s ORDER BY at DESC"
    assert superuser.execute(counted, [cast.volunteer.id]).fetchone() == ("3",)


def test_door_closes_with_the_grant(cast: Cast) -> None:
    from clients.who_may_know.actions import grants

    client = new_client(cast.coordinator)
    grant = assign(cast.coordinator, client, cast.colleague)
    with cast.colleague.actor().transaction() as actor:
        assert door.open_one(actor, client.pk, "client.view", "support")
    with cast.coordinator.actor().transaction() as actor:
        assert grants.end_grant(by=actor, grant=grant)
    with pytest.raises(NotPermitted), cast.colleague.actor().transaction() as actor:
        door.open_one(actor, client.pk, "client.view", "support")


def test_receipts_are_counted(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with pytest.raises(LogUnavailable):
        with cast.volunteer.actor().transaction() as actor:
            door.open_one(actor, client.pk, "client.view", "support")
            actor.receipts.append(uuid4())


def test_every_write_is_an_event_with_the_hash_of_the_row(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "contact.correct", "support")
        note = ContactNote.objects.get(client=client).unlock(keys)
        contacts.correct_note(by=actor, note=note, text="Sleeps well.", reason="misheard")
    row = superuser.execute(
        """SELECT e.actor, e.revision, e.digest = sec.row_digest(to_jsonb(n)), e.purpose FROM audit_event e
        JOIN clients_contactnote n ON n.id = e.object_id WHERE e.action = 'row.change' AND n.id = %s""",
        [note.pk],
    ).fetchall()
    assert row == [(cast.volunteer.id, 2, True, "support")]


def test_earlier_text_is_kept_with_who_and_opens(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "contact.correct", "support")
        note = ContactNote.objects.get(client=client).unlock(keys)
        contacts.correct_note(by=actor, note=note, text="Sleeps well.", reason="misheard")
    kept = superuser.execute(
        "SELECT revision, replaced_by, sealed FROM clients_revision WHERE row = %s", [note.pk]
    ).fetchall()
    assert [(r, by) for r, by, _ in kept] == [(1, cast.volunteer.id)]
    assert b"Sleeps badly" not in kept[0][2]


@pytest.mark.parametrize(
    "role", ["confidential_app", "confidential_worker", "confidential_owner", "postgres"]
)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET purpose = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_leaf SET index = 0",
        "DELETE FROM audit_pending",
        "TRUNCATE audit_pending",
    ],
)
def test_log_is_append_only(server: object, cast: Cast, role: str, statement: str) -> None:
    """Even for the owner of the table, and for a superuser who does not first drop the trigger."""
    from confidential.environment import DATABASE

    with psycopg.connect(server.conninfo(user=role, dbname=DATABASE)) as theirs:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            theirs.execute(statement)


def test_app_cannot_write_the_log_itself(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_event (id, at, actor_kind, actor, action, outcome, subject_kind, purpose, basis,"
                " object_type, actor_role, detail) VALUES (gen_random_uuid(), now(), 'user', %s, 'x', 'done', '', '', '', '', '', '{}')",
                [cast.coordinator.id],
            )


def test_recorded_actor_is_the_principal(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        door.record(actor, "leaflet.print", subject=client.pk)
    assert events(superuser, client.pk, "leaflet.print") == [
        ("done", cast.volunteer.id, "", "assignment")
    ]
    with pytest.raises(LogUnavailable), cast.colleague.actor().transaction() as actor:
        door.record(actor, "leaflet.print", subject=client.pk)


def test_each_event_waits_for_its_leaf(superuser: psycopg.Connection, cast: Cast) -> None:
    """Each event has a pending row that carries the transaction that wrote it."""
    client = new_client(cast.volunteer)
    missing = superuser.execute(
        "SELECT count(*) FILTER (WHERE p.event IS NULL), count(*) > 5 FROM audit_event e"
        " LEFT JOIN audit_pending p ON p.event = e.id WHERE e.subject = %s",
        [client.pk],
    ).fetchone()
    assert missing == (0, True)
    assert superuser.execute(
        "SELECT count(*) FROM audit_pending WHERE xid < pg_current_xact_id()"
    ).fetchone() > (0,)


def test_locked_is_loud(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        identity = Identity.objects.get(client=client)
        with pytest.raises(Locked):
            hasattr(identity, "given_name")
        with pytest.raises(Locked):
            Identity(client=client, given_name="x")


def test_contact_before_explanation_is_refused_by_the_database(cast: Cast) -> None:
    """P10: with could-not the first contact is saved, the second only when urgent, then explained."""
    from datetime import date

    from clients.records.actions import taking_in

    could_not = NewExplanation(
        given=False,
        answer="",
        channel="phone",
        language="fr",
        happened_on=date(2026, 1, 5),
        why_not="in tears",
    )
    with cast.volunteer.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=cast.north, language="fr", identity={"given_name": "Aline"}
        )
        client, _ = taking_in.take_in(by=actor, new=new)

    def log(explanation: NewExplanation | None, **how: bool) -> None:
        with cast.volunteer.actor().transaction() as actor:
            contacts.log_contact(
                by=actor,
                client=client,
                explanation=explanation,
                new=contacts.NewContact("phone", date(2026, 1, 5), **how),
            )

    with pytest.raises(IntegrityError, match="has not been explained"):
        log(None)
    log(could_not)
    for again in (None, could_not):
        with pytest.raises(IntegrityError, match="has not been explained"):
            log(again)
    log(None, urgent=True)
    log(None, reached=False)  # a call that nobody answered asks for nothing
    from tests.making.clients import EXPLAINED

    log(EXPLAINED)
    log(None)


def test_actor_of_nobody(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with Actor("").transaction() as actor:
        assert actor.kind == "nobody"
        with pytest.raises(LogUnavailable), transaction.atomic():
            door.scan(actor, [client.pk], "client.search", "support")


@pytest.mark.parametrize(
    "name",
    [
        "row.add",
        "grant.end",
        "duty.appoint",
        "disclosure.approved",
        "request.done",
        "portal.open",
        "undertaking.sign",
        "client.take_in",
        "export.remove",
    ],
)
def test_names_of_acts_cannot_be_claimed(cast: Cast, name: str) -> None:
    """What only a trigger or a definer function writes cannot be put into the log by an opening."""
    client = new_client(cast.volunteer)
    for write in (door.open_one, lambda v, c, n, p: door.record(v, n, subject=c, purpose=p)):
        with pytest.raises(LogUnavailable), cast.volunteer.actor().transaction() as actor:
            write(actor, client.pk, name, "support")


def test_only_a_search_looks_through_many(cast: Cast) -> None:
    """One event for many records is for searches and comparisons; anything else opens one by one."""
    client = new_client(cast.volunteer)
    with pytest.raises(LogUnavailable), cast.volunteer.actor().transaction() as actor:
        door.scan(actor, [client.pk], "client.view", "support")


def test_two_first_contacts_at_once_are_not_both_put_off(cast: Cast) -> None:
    """Of two contacts at the same moment only one can be the first that was not explained."""
    from datetime import date
    from threading import Barrier, Thread

    from django.db import connections

    from clients.records.actions import taking_in

    with cast.volunteer.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=cast.north, language="fr", identity={"given_name": "Aline"}
        )
        client, _ = taking_in.take_in(by=actor, new=new)
    could_not = NewExplanation(
        given=False,
        answer="",
        channel="phone",
        language="fr",
        happened_on=date(2026, 1, 5),
        why_not="in tears",
    )
    ready, results = Barrier(4), []

    def log() -> None:
        ready.wait()
        try:
            with cast.volunteer.actor().transaction() as actor:
                contacts.log_contact(
                    by=actor,
                    client=client,
                    explanation=could_not,
                    new=contacts.NewContact("phone", date(2026, 1, 5)),
                )
            results.append("saved")
        except IntegrityError:
            results.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=log) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(results) == ["refused"] * 3 + ["saved"]
