"""Wall 2: what a bare query shows, to whom, table by table, as the application's role."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from clients.models import (
    Background,
    Client,
    ClientPermission,
    Contact,
    ContactNote,
    Draft,
    Explanation,
    ExplanationWords,
    Fingerprint,
    Grant,
    Identity,
    Revision,
    SafeContact,
)
from tests.making.clients import assign, new_client
from tests.making.people import Cast
from vault.models import SubjectKey

SEEN_WITH_THE_RECORD = [Identity, SafeContact, Explanation]
WORDS = [Background, ExplanationWords, ContactNote]


def test_nobody_sees_nothing(cast: Cast) -> None:
    new_client(cast.volunteer)
    for model in [
        Client,
        *SEEN_WITH_THE_RECORD,
        *WORDS,
        Contact,
        Grant,
        ClientPermission,
        Revision,
        Draft,
    ]:
        assert model.objects.count() == 0, model


def test_volunteer_sees_what_was_given(cast: Cast) -> None:
    mine, other = new_client(cast.volunteer), new_client(cast.outsider)
    with cast.volunteer.actor().transaction():
        seen = set(Client.objects.values_list("pk", flat=True))
        assert mine.pk in seen
        assert other.pk not in seen
        for model in [*SEEN_WITH_THE_RECORD, *WORDS, Contact]:
            ids = set(model.objects.values_list("client_id", flat=True))
            assert mine.pk in ids, model
            assert ids <= seen, model


def test_coordinator_sees_branch_but_no_words(cast: Cast) -> None:
    mine, other = new_client(cast.volunteer), new_client(cast.outsider)
    with cast.coordinator.actor().transaction():
        assert Client.objects.filter(pk=mine.pk).exists()
        assert not Client.objects.filter(pk=other.pk).exists()
        assert Contact.objects.filter(client=mine).exists()
        for model in WORDS:
            assert not model.objects.filter(client=mine).exists(), model


@pytest.mark.parametrize(
    "who", ["president", "protection", "administrator", "newcomer", "colleague"]
)
def test_others_see_no_client(cast: Cast, who: str) -> None:
    client = new_client(cast.volunteer)
    with getattr(cast, who).actor().transaction():
        assert not Client.objects.filter(pk=client.pk).exists()
        for model in [*SEEN_WITH_THE_RECORD, *WORDS, Contact]:
            assert not model.objects.filter(client=client).exists(), model


def test_end_binds_in_that_second(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.colleague, until=timezone.now() + timedelta(hours=1))
    with cast.colleague.actor().transaction():
        assert Client.objects.filter(pk=client.pk).exists()
    superuser.execute(
        "UPDATE clients_clientpermission SET ends_at = now() WHERE content_object_id = %s",
        [client.pk],
    )
    with cast.colleague.actor().transaction():
        assert not Client.objects.filter(pk=client.pk).exists()
        assert not ContactNote.objects.filter(client=client).exists()


def test_future_grant_does_not_bind_yet(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.colleague)
    superuser.execute(
        "UPDATE clients_clientpermission SET starts_at = now() + interval '1 hour' WHERE content_object_id = %s",
        [client.pk],
    )
    with cast.colleague.actor().transaction():
        assert not Client.objects.filter(pk=client.pk).exists()


def test_errand_sees_no_words(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.colleague, scope="errand")
    with cast.colleague.actor().transaction():
        assert Identity.objects.filter(client=client).exists()
        assert not Contact.objects.filter(client=client).exists()
        assert not ContactNote.objects.filter(client=client).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO clients_client (id, branch_id, reference, state, language, pseudonym) VALUES (gen_random_uuid(), '{north}', 'C-X', 'open', 'fr', false)",
        "UPDATE clients_client SET branch_id = '{south}'",
        "DELETE FROM clients_client",
        "TRUNCATE clients_contact",
        "DELETE FROM clients_contactnote",
        "SELECT * FROM vault_subjectkey",
        "SELECT * FROM clients_fingerprint",
        "SELECT * FROM clients_likeness",
        "INSERT INTO clients_clientpermission SELECT * FROM clients_clientpermission",
        "UPDATE clients_clientpermission SET ends_at = NULL",
        "SELECT * FROM guardian_userobjectpermission",
        "SELECT * FROM guardian_groupobjectpermission",
        "UPDATE clients_grant SET person_id = granted_by_id",
        "DELETE FROM clients_grant",
    ],
)
def test_app_role_is_refused(cast: Cast, statement: str) -> None:
    """Even the coordinator of the branch, by SQL of their own."""
    new_client(cast.volunteer)
    with pytest.raises(ProgrammingError, match=r"permission denied|row-level security"):
        with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(statement.format(north=cast.north, south=cast.south))


def test_foreign_key_probes_nothing(cast: Cast) -> None:
    """Inserting a child of a hidden client and of an absent one fails alike."""
    hidden = new_client(cast.outsider)
    said = []
    for client_id in (hidden.pk, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(ProgrammingError) as caught:
            with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO clients_identity (id, client_id, revision, sealed)"
                    " VALUES (gen_random_uuid(), %s, 1, '')",
                    [client_id],
                )
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "row-level security" in said[0]


@pytest.mark.parametrize(
    ("granter", "person", "branch"),
    [
        ("volunteer", "volunteer", "south"),  # oneself, a hidden client
        ("volunteer", "colleague", "north"),  # a volunteer grants nothing
        ("coordinator", "colleague", "south"),  # over the branch line, under the own branch's id
        ("south_coordinator", "outsider", "north"),
    ],
)
def test_grant_over_the_line_is_refused(cast: Cast, granter: str, person: str, branch: str) -> None:
    client = new_client(cast.volunteer if branch == "north" else cast.outsider)
    by, to = getattr(cast, granter), getattr(cast, person)
    for claimed in (cast.north, cast.south):
        with pytest.raises((ProgrammingError, psycopg.Error, Exception)) as caught:
            with by.actor().transaction():
                Grant(
                    client_id=client.pk,
                    branch_id=claimed,
                    person_id=to.id,
                    scope="full",
                    basis="assignment",
                    purpose="support",
                    granted_by_id=by.id,
                ).save(force_insert=True)
        assert "row-level security" in str(caught.value) or "grant_branch" in str(caught.value)


def test_coordinator_cannot_give_themself_notes_without_reason_or_end(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    me = cast.coordinator
    tries = [
        {"basis": "assignment", "scope": "full", "purpose": "support", "ends_at": None},
        {
            "basis": "branch_duty",
            "scope": "read",
            "purpose": "curiosity",
            "ends_at": timezone.now(),
        },
        {"basis": "branch_duty", "scope": "read", "purpose": "coordination", "ends_at": None},
        {
            "basis": "branch_duty",
            "scope": "read",
            "purpose": "coordination",
            "ends_at": timezone.now() + timedelta(days=2),
        },
    ]
    for wrong in tries:
        with pytest.raises(ProgrammingError, match="row-level security"), me.actor().transaction():
            Grant(
                client=client, branch_id=cast.north, person_id=me.id, granted_by_id=me.id, **wrong
            ).save(force_insert=True)


def test_ended_grant_stays_ended_and_can_be_given_again(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    first = assign(cast.coordinator, client, cast.colleague)
    with cast.coordinator.actor().transaction() as actor:
        Grant.objects.filter(pk=first.pk).update(ends_at=timezone.now(), ended_by=actor.person)
    with pytest.raises(ProgrammingError, match="only the end can be set"):
        with cast.coordinator.actor().transaction() as actor:
            later = timezone.now() + timedelta(days=1)
            Grant.objects.filter(pk=first.pk).update(ends_at=later, ended_by=actor.person)
    assign(cast.coordinator, client, cast.colleague)
    with cast.colleague.actor().transaction():
        assert Client.objects.filter(pk=client.pk).exists()


def test_signature_opens_and_its_lack_closes(cast: Cast) -> None:
    """P2 in the database: an assigned newcomer who has not signed sees nothing."""
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.newcomer)
    with cast.newcomer.actor().transaction():
        assert Client.objects.count() == 0
        assert ClientPermission.objects.count() == 0


def test_every_table_of_a_client_is_bound(superuser: psycopg.Connection) -> None:
    """Row-level security is enabled and forced on every table that reaches a client or a person."""
    bound = dict(
        superuser.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind = 'r'"
        ).fetchall()
    )
    reaching = {
        model._meta.db_table
        for model in apps.get_models()
        if model is Client
        or any(
            f.is_relation and f.many_to_one and f.related_model is Client
            for f in model._meta.fields
        )
        or any(
            f.is_relation and f.one_to_one and f.related_model is Client for f in model._meta.fields
        )
    }
    assert len(reaching) > 15
    assert {
        table for table in reaching | {"audit_event", "clients_draft"} if not bound[table]
    } == set()


def test_inserts_are_checked(superuser: psycopg.Connection) -> None:
    """Each INSERT or UPDATE right of the application on a bound table has a policy with a check."""
    rows = superuser.execute("""
        SELECT c.relname, a.privilege FROM pg_class c,
            LATERAL (VALUES ('INSERT', 'a'), ('UPDATE', 'w')) AS a(privilege, cmd)
        WHERE c.relkind = 'r' AND c.relrowsecurity
          AND has_any_column_privilege('confidential_app', c.oid, a.privilege)
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid
            AND 'confidential_app'::regrole = ANY (p.polroles) AND p.polcmd IN (a.cmd::"char", '*')
            AND (p.polwithcheck IS NOT NULL OR p.polqual IS NOT NULL))
    """).fetchall()
    assert rows == []


def test_keys_are_out_of_reach(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        with cast.coordinator.actor().transaction():
            SubjectKey.objects.first()


def test_fingerprints_are_out_of_reach(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        with cast.coordinator.actor().transaction():
            Fingerprint.objects.first()


def test_setting_is_empty_after_the_transaction(cast: Cast) -> None:
    with cast.volunteer.actor().transaction():
        pass
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sec.token', true), sec.cleared_person()")
        assert cursor.fetchone() in [("", None), (None, None)]


def test_nothing_is_logged_in_another_name(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with pytest.raises(ProgrammingError, match="row-level security"):
        with cast.volunteer.actor().transaction():
            Contact(
                client=client,
                branch_id=cast.north,
                channel="phone",
                happened_on=timezone.localdate(),
                by_id=cast.colleague.id,
            ).save(force_insert=True)
