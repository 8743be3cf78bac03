"""Events go when their time is over, lawfully and on record; leaves and checkpoints stay."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from audit import keeping
from audit.keeping import NotAllowed
from audit.models import Keeping
from audit.reconciling import reconcile
from audit.rows import Comparison
from audit.verifying import Verification, verify
from clients.models import Draft
from tests.audit.rows import fill_every_table, written
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.sealing import as_verifier, queue_strays, seal_all, tampering


@pytest.mark.parametrize(
    ("purpose", "months", "note"),
    [
        ("security", 24, "An enquiry of the police runs"),
        ("own_record", 120, ""),
        ("own_record", None, ""),
        ("security", 12, ""),
    ],
)
def test_lead_sets_the_times(cast: Cast, purpose: str, months: int | None, note: str) -> None:
    with cast.protection.actor().transaction() as actor:
        keeping.set_keeping(by=actor, purpose=purpose, months=months, note=note)
        assert keeping.times()[purpose].months == months


@pytest.mark.parametrize(
    ("who", "purpose", "months", "note"),
    [
        ("protection", "security", 24, ""),
        ("protection", "security", 5, ""),
        ("protection", "security", 48, "Longer"),
        ("protection", "security", None, ""),
        ("protection", "other", 12, ""),
        ("president", "security", 12, ""),
        ("coordinator", "own_record", None, ""),
    ],
)
def test_times_beyond_the_rules_are_refused(
    cast: Cast, who: str, purpose: str, months: int | None, note: str
) -> None:
    before = Keeping.objects.count()
    with getattr(cast, who).actor().transaction() as actor, pytest.raises(NotAllowed):
        keeping.set_keeping(by=actor, purpose=purpose, months=months, note=note)
    assert Keeping.objects.count() == before


def test_stale_sign_in_is_refused(cast: Cast) -> None:
    with cast.protection.actor(fresh=False).transaction() as actor, pytest.raises(NotAllowed):
        keeping.set_keeping(by=actor, purpose="own_record", months=None)


def test_expired_events_go_and_the_log_stays_whole(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Two years later: what concerns people who serve is gone, what a client may ask for is there."""
    client = new_client(cast.volunteer)
    seal_all()
    unsealed = new_client(cast.volunteer)
    with tampering() as cursor:  # the clock is moved by moving the times
        cursor.execute(
            "INSERT INTO audit_keeping (purpose, months, note) VALUES ('security', 12, '')"
        )  # whatever another test has left
        cursor.execute("UPDATE audit_event SET at = at - interval '13 months'")
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE subject_kind <> 'client' AND digest IS NULL AND id IN (SELECT event FROM audit_leaf)"
        )
        due = cursor.fetchone()[0]
        assert keeping.remove_expired() >= due > 0
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE id IN (SELECT event FROM audit_leaf) AND digest IS NULL"
            " AND subject_kind <> 'client'"
        )
        assert cursor.fetchone()[0] == 0
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE subject IN (%s, %s)", [client.pk, unsealed.pk]
        )
        assert cursor.fetchone()[0] > 10
        cursor.execute("SELECT detail->>'count' FROM audit_event WHERE action = 'log.remove'")
        assert sum(int(count) for (count,) in cursor.fetchall()) >= due


def test_what_wrote_a_row_is_kept_as_long_as_the_row(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Years later, and with a time set for the clients' own log: an old row is no false alarm."""
    client = written(cast)
    queue_strays(superuser)
    seal_all()
    with tampering() as cursor:
        before = set(Comparison().run().faults)
        cursor.execute("UPDATE audit_event SET at = at - interval '5 years'")
        cursor.execute(
            "INSERT INTO audit_keeping (purpose, months, note) VALUES ('own_record', 12, '')"
        )
        assert keeping.remove_expired() > 10
        assert set(Comparison().run().faults) <= before
        cursor.execute(
            "SELECT action, count(*) FROM audit_event WHERE subject = %s GROUP BY 1 ORDER BY 1",
            [client.pk],
        )
        kept = dict(cursor.fetchall())
        assert kept.keys() == {"grant.add", "row.add", "row.change"}  # no opening is left
        # And it is still found what was changed.
        cursor.execute(
            "UPDATE clients_identity SET sealed = 'x' WHERE client_id = %s RETURNING id",
            [client.pk],
        )
        (row,) = cursor.fetchone()
        assert f"clients_identity {row} is not what was written last." in Comparison().run().faults


def test_where_a_client_was_is_kept_as_long_as_the_record(cast: Cast) -> None:
    """Whom a complaint may be about is asked of it: a time that somebody sets makes nobody a judge."""
    client = new_client(cast.volunteer)
    where = (client.pk, cast.south, cast.south_coordinator.id)
    acts.call(cast.coordinator, "move_client(%s, %s, %s)", *where)
    seal_all()
    said = "SELECT DISTINCT action FROM audit_event WHERE subject = %s AND digest IS NULL"
    with tampering() as cursor:
        before = {action for (action,) in cursor.execute(said, [client.pk])}
        cursor.execute("UPDATE audit_event SET at = at - interval '5 years'")
        cursor.execute(
            "INSERT INTO audit_keeping (purpose, months, note) VALUES ('own_record', 12, '')"
        )
        assert keeping.remove_expired() > 0
        kept = {action for (action,) in cursor.execute(said, [client.pk])}
    assert len(before) > 1 and kept == {"client.move"}


def test_events_of_a_removed_row_go_and_its_removal_last(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """At no moment is a draft that was thrown away a row that is missing."""
    fill_every_table(cast)
    superuser.execute("DELETE FROM clients_draft")
    queue_strays(superuser)
    seal_all()
    with tampering() as cursor:
        before = set(Comparison().run().faults)
        cursor.execute(
            "INSERT INTO audit_keeping (purpose, months, note) VALUES ('security', 12, '')"
        )
        cursor.execute("UPDATE audit_event SET at = at - interval '13 months'")
        while True:
            cursor.execute("SELECT sec.remove_events(100)")
            removed = cursor.fetchone()[0]
            assert set(faults_of_drafts()) <= before
            if not removed:
                break
        cursor.execute("SELECT count(*) FROM audit_event WHERE object_type = 'clients_draft'")
        assert cursor.fetchone()[0] == 0


def faults_of_drafts() -> list[str]:
    compared = Comparison()
    compared.table(Draft)
    return compared.found.faults


def test_removal_is_lawful_to_both_tools(cast: Cast, superuser: psycopg.Connection) -> None:
    new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "INSERT INTO audit_keeping (purpose, months, note) VALUES ('security', 6, '')"
    )
    ids = [
        i
        for (i,) in superuser.execute(
            "SELECT id FROM audit_event WHERE subject IS NULL AND id IN (SELECT event FROM audit_leaf) LIMIT 3"
        ).fetchall()
    ]
    superuser.execute("SELECT sec.remove_these(%s, 'retention')", [ids])
    seal_all()
    with as_verifier():
        report, beside = verify(), reconcile(Path(settings.LOG_SINK))
    assert report.faults == [] and report.removed >= 3
    assert beside.faults == []
    with tampering() as cursor:  # another one taken away under the same excuse
        cursor.execute("SELECT removal FROM audit_removed WHERE event = %s", [ids[0]])
        removal = cursor.fetchone()[0]
        cursor.execute(
            "SELECT event FROM audit_leaf l WHERE EXISTS (SELECT FROM audit_event e WHERE e.id = l.event) LIMIT 1"
        )
        other = cursor.fetchone()[0]
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [other])
        cursor.execute("INSERT INTO audit_removed VALUES (%s, %s)", [other, removal])
        assert any(str(removal) in fault for fault in Verification().run().faults)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_event",
        "UPDATE audit_keeping SET months = 1",
        "DELETE FROM audit_removed",
        "TRUNCATE audit_leaf",
        "DELETE FROM audit_tile",
        "UPDATE audit_checkpoint SET note = ''",
        "DELETE FROM audit_tree",
        "UPDATE audit_tree SET size = 0",
        "DELETE FROM audit_pending",
        "UPDATE audit_pending SET event = event",
    ],
)
@pytest.mark.parametrize(
    "role",
    [
        "postgres",
        "confidential_owner",
        "confidential_app",
        "confidential_worker",
        "confidential_sealer",
        "confidential_verifier",
    ],
)
def test_nobody_changes_the_log(superuser: psycopg.Connection, role: str, statement: str) -> None:
    """The owner and even a superuser meet the triggers, the others have no right at all."""
    superuser.execute(f"SET ROLE {role}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        superuser.execute(statement)


OWN = {
    "confidential_sealer": ("seal_",),
    "confidential_verifier": ("log_",),
    "confidential_worker": ("remove_events",),
}


@pytest.mark.parametrize(
    "role",
    [
        "confidential_app",
        "confidential_signin",
        "confidential_backup",
        "confidential_command",
        *OWN,
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        "sec.seal_take(1, '0', now(), gen_random_uuid())",
        "sec.seal_house('', '')",
        "sec.seal_sign(1, '', '')",
        "sec.remove_events(1)",
        "sec.log_keys()",
        "sec.log_read(0, 1)",
        "sec.remove_these('{}', '')",
        "sec.seal_set_aside()",
    ],
)
def test_sealing_verifying_and_removing_are_three_roles(
    superuser: psycopg.Connection, role: str, call: str
) -> None:
    if call.removeprefix("sec.").startswith(OWN.get(role, "-")):
        return
    superuser.execute(f"SET ROLE {role}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        superuser.execute(f"SELECT * FROM {call}")


def test_nobody_inserts_leaves(superuser: psycopg.Connection) -> None:
    for role in (
        "confidential_app",
        "confidential_worker",
        "confidential_signin",
        "confidential_sealer",
    ):
        superuser.execute(f"SET ROLE {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            superuser.execute("INSERT INTO audit_leaf VALUES (1, gen_random_uuid(), '', '')")
        superuser.execute("RESET ROLE")
