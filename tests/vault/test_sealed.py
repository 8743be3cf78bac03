"""Models with sealed fields, against the real database."""

from __future__ import annotations

import pickle
from threading import Barrier, Thread

import psycopg
import pytest
from django.db import connections

from audit import door
from clients.models import Background, ContactNote, Identity
from tests.making.clients import assign, new_client
from tests.making.people import Cast
from tests.making.templates import drawn
from vault.exceptions import Conflict
from vault.keys import SealBroken
from vault.sealed import Locked


def test_two_savers_one_conflict_nothing_lost(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.volunteer)
    assign(cast.coordinator, client, cast.colleague)
    ready, results = Barrier(2), []

    def save(who: str) -> None:
        try:
            with getattr(cast, who).actor().transaction() as actor:
                keys = door.open_one(actor, client.pk, "background.edit", "support")
                row = Background.objects.get(client=client).unlock(keys)
                ready.wait()
                row.text = f"by {who}"
                row.save()
            results.append((who, "saved"))
        except Conflict:
            results.append((who, "conflict"))
        finally:
            connections.close_all()

    threads = [Thread(target=save, args=[who]) for who in ("volunteer", "colleague")]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(what for _, what in results) == ["conflict", "saved"]
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "client.view", "support")
        row = Background.objects.get(client=client).unlock(keys)
        assert row.revision == 2
        assert row.text == f"by {next(who for who, what in results if what == 'saved')}"


def test_value_put_back_is_noticed(cast: Cast, superuser: psycopg.Connection) -> None:
    """An older ciphertext in its own row does not open under the newer revision."""
    client = new_client(cast.volunteer)
    old = superuser.execute(
        "SELECT sealed FROM clients_background WHERE client_id = %s", [client.pk]
    ).fetchone()[0]
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "background.edit", "support")
        row = Background.objects.get(client=client).unlock(keys)
        row.text = "newer"
        row.save()
    superuser.execute("ALTER TABLE clients_background DISABLE TRIGGER keep")
    superuser.execute(
        "UPDATE clients_background SET sealed = %s WHERE client_id = %s", [old, client.pk]
    )
    superuser.execute("ALTER TABLE clients_background ENABLE TRIGGER keep")
    with pytest.raises(SealBroken), cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "client.view", "support")
        _ = Background.objects.get(client=client).unlock(keys).text


def test_old_value_with_its_old_revision_is_refused_by_the_trigger(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    with pytest.raises(psycopg.errors.SerializationFailure):
        superuser.execute(
            "UPDATE clients_background SET revision = revision WHERE client_id = %s", [client.pk]
        )
    with pytest.raises(psycopg.errors.SerializationFailure):
        superuser.execute(
            "UPDATE clients_background SET revision = revision + 1, id = gen_random_uuid() WHERE client_id = %s",
            [client.pk],
        )


def test_value_of_another_row_does_not_open(cast: Cast, superuser: psycopg.Connection) -> None:
    first, second = new_client(cast.volunteer), new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open(actor, [first.pk, second.pk], "client.list", "support")
        mine, other = (Identity.objects.get(client=c) for c in (first, second))
        mine.sealed = other.sealed
        with pytest.raises(SealBroken):
            _ = mine.unlock(keys[first.pk]).given_name
        with pytest.raises(Locked):
            mine.unlock(keys[second.pk])


def test_pickling_a_record_drops_key_and_values(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "client.view", "support")
        identity = Identity.objects.get(client=client).unlock(keys)
        assert identity.given_name == "Odile"
        stored = pickle.dumps(identity)
        assert b"Odile" not in stored
        with pytest.raises(Locked):
            _ = pickle.loads(stored).given_name  # noqa: S301 - our own bytes


def test_template_does_not_hide_locked(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        note = ContactNote.objects.get(client=client)
        with pytest.raises(Locked):
            drawn("{{ note.text }}", note=note)


@pytest.mark.parametrize("revision", [0, -1, 2**31, 10**22])
def test_a_revision_that_no_row_has_is_a_conflict(cast: Cast, revision: int) -> None:
    """As a form may say: nothing is lost, and nothing breaks."""
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "background.edit", "support")
        row = Background.objects.get(client=client).unlock(keys)
        row.text = "newer"
        row.revision = revision
        with pytest.raises(Conflict):
            row.save()
        assert Background.objects.get(client=client).revision == 1
