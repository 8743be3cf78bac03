"""A column that stands in clear and holds a code takes no other word, whoever writes it and however."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models

from audit.events.reasons import REASONS
from tests.making.clients import new_client
from tests.making.people import Cast, Someone
from tests.making.spaces import open_space

OURS = ("vault", "audit", "volunteers", "clients", "disclosures", "rights")
SPOKEN_OF_ASSOCIATION = [
    "address",
    "phone",
    "hours_en",
    "hours_fr",
    "about_en",
    "about_fr",
    "rna",
    "siren",
    "publisher",
    "host_name",
    "host_address",
    "host_phone",
    "lead_phone",
    "portal_name_en",
    "portal_name_fr",
    "quick_exit_url",
]
SPOKEN_OF_BRANCH = ["phone", "hours_en", "hours_fr", "address", "reach_en", "reach_fr"]
# Texts that are no codes of ours, and why each may hold what it likes, or who else says what it holds.
FREE = {
    "a name or a text that people give, about no client": {
        "volunteers_association.name",
        *(f"volunteers_association.{name}" for name in SPOKEN_OF_ASSOCIATION),
        "volunteers_branch.code",
        "volunteers_branch.name",
        *(f"volunteers_branch.{name}" for name in SPOKEN_OF_BRANCH),
        "volunteers_privacynotice.text_en",
        "volunteers_privacynotice.text_fr",
        "volunteers_person.working_name",
        "volunteers_dutyrule.why",
        "volunteers_policytext.text",
        "volunteers_undertaking.text",
        "volunteers_user.username",
        "volunteers_duty.minute",
        "audit_keeping.note",
        "volunteers_session.device",
    },
    "drawn by chance": {
        "clients_client.reference",
        "clients_emergency.reference",
        "clients_breach.reference",
        "clients_complaint.reference",
        "clients_agreement.paper",
        "clients_heirrequest.reference",
        "disclosures_disclosure.reference",
        "volunteers_person.reference",
    },
    "a secret or a hash": {
        "volunteers_secondfactor.secret",
        "volunteers_secondfactor.seed",
        "volunteers_session.key_hash",
        "volunteers_session.principal",
        "volunteers_undertaking.text_sha256",
        "volunteers_user.password",
    },
    "only functions and triggers of the database write there, codes of their own": {
        "clients_clientpermission.code",
        "clients_clientpermission.basis",
        "clients_contactpermission.basis",
        "clients_revision.table",
        "clients_portalaccess.username",
        "clients_portalaccess.opened_as",
        "vault_principal.kind",
        "vault_principal.purpose",
        "vault_principal.factor",
        "vault_subjectkey.kind",
        "vault_formerkeys.name",
        "vault_masterkey.name",
        "audit_event.actor_kind",
        "audit_event.actor_role",
        "audit_event.action",
        "audit_event.outcome",
        "audit_event.subject_kind",
        "audit_event.purpose",
        "audit_event.basis",
        "audit_event.object_type",
    },
    "signed by somebody else, and verified": {
        "audit_cosignature.witness",
        "audit_cosignature.line",
    },
}
# Codes that have no words, so no choices.
OTHERS = {
    "clients_grant.purpose": {
        "intake",
        "support",
        "handover",
        "client",
        "volunteer",
        "emergency",
        "coordination",
        "complaint",
        "request",
        "standing_in",
        "protection",
        "own_record",
    },
    "clients_draft.form": {"contact", "consult"},
    "clients_fingerprint.kind": {"person", "phone", "imp-client", "imp-contact"},
    "disclosures_delivery.language": {"en", "fr"},
    "rights_export.language": {"en", "fr"},
}
CHECKS = """SELECT t.relname || '.' || a.attname, pg_get_constraintdef(c.oid), c.convalidated FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid CROSS JOIN unnest(c.conkey) k JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k
    WHERE c.contype = 'c' AND cardinality(c.conkey) = 1 AND c.conname LIKE '%\\_codes' AND t.relnamespace = 'public'::regnamespace"""


def texts() -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """Each column of ours that holds a text in clear."""
    for model in apps.get_models():
        if model._meta.app_label in OURS and model._meta.managed:
            for field in model._meta.local_concrete_fields:
                if isinstance(field, models.CharField | models.TextField):
                    yield f"{model._meta.db_table}.{field.column}", field


@pytest.fixture
def checked(superuser: psycopg.Connection) -> dict[str, set[str]]:
    """The codes that the database lets into each column."""
    rows = superuser.execute(CHECKS).fetchall()
    assert [name for name, _, valid in rows if not valid] == []
    found: dict[str, set[str]] = {}
    for name, text, _ in rows:
        found.setdefault(name, set()).update(re.findall(r"'([^']*)'::", text))
    return found


def test_each_column_with_choices_takes_these_and_no_other(checked: dict[str, set[str]]) -> None:
    wrong = {
        name: (codes, checked.get(name))
        for name, field in texts()
        if field.choices
        and (
            codes := {str(code) for code, _ in field.flatchoices} | ({""} if field.blank else set())
        )
        != checked.get(name)
    }
    assert wrong == {}


def test_each_other_text_is_no_code_or_takes_its_codes_only(checked: dict[str, set[str]]) -> None:
    """A new column without choices fails here, until it has a CHECK or a reason to have none."""
    free = set().union(*FREE.values())
    plain = {name for name, field in texts() if not field.choices}
    assert plain - free - OTHERS.keys() == set()
    assert (free | OTHERS.keys()) - plain == set()
    assert {name: checked.get(name) for name in OTHERS} == OTHERS


def test_what_a_row_gives_to_the_log_as_a_reason_is_one(checked: dict[str, set[str]]) -> None:
    for name in (
        "clients_grant.purpose",
        "disclosures_disclosure.ground",
        "rights_subjectrequest.kind",
        "clients_consultation.ground",
        "clients_emergency.reason",
    ):
        assert OTHERS.get(name, checked[name]) <= REASONS, name


# ---- As the roles, in SQL

GRANT = """INSERT INTO clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at)
    VALUES (gen_random_uuid(), %s, %s, %s, 'errand', 'assignment', %s, %s, statement_timestamp())"""
DISCLOSURE = """INSERT INTO disclosures_disclosure (id, client_id, branch_id, reference, ground, consent, state, requested_by_id, untold, made_at)
    VALUES (gen_random_uuid(), %s, %s, %s, %s, '', 'draft', %s, '', statement_timestamp())"""


def run(by: Someone, statement: str, values: list[Any]) -> None:
    with by.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "word", ["marcel_duval_has_can", "complaint", "Support", "support ", "", "law"]
)
def test_assignment_takes_no_other_reason(cast: Cast, word: str) -> None:
    client = new_client(cast.volunteer)
    values = [client.pk, client.branch_id, cast.colleague.id, "support", cast.coordinator.id]
    run(cast.coordinator, GRANT, values)
    values[3] = word
    with pytest.raises(
        DatabaseError, match=r"grant_purpose_codes|grant_reason|one of the register"
    ):
        run(cast.coordinator, GRANT, values)


@pytest.mark.parametrize("word", ["duval_has_cancer", "support", ""])
def test_disclosure_takes_no_other_ground(cast: Cast, word: str) -> None:
    client = new_client(cast.volunteer)
    values = [client.pk, client.branch_id, f"D-{uuid4().hex[:6]}", "law", cast.volunteer.id]
    run(cast.volunteer, DISCLOSURE, values)
    values[2:4] = [f"D-{uuid4().hex[:6]}", word]
    with pytest.raises(DatabaseError, match=r"disclosure_ground_codes|one of the register"):
        run(cast.volunteer, DISCLOSURE, values)


def test_request_takes_no_other_kind(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    me = Someone(open_space(cast.volunteer.actor(), client.pk), "", None)
    statement = """INSERT INTO rights_subjectrequest (id, client_id, branch_id, kind, state, made_at, due_on)
        VALUES (gen_random_uuid(), %s, %s, %s, 'new', statement_timestamp(), '2030-01-01')"""
    with pytest.raises(DatabaseError, match=r"subjectrequest_kind_codes|one of the register"):
        run(me, statement, [client.pk, client.branch_id, "duval_cancer"])
