"""The walls: functions, policies, triggers and grants of the database, laid anew with each version.

What happens once (a table, a column, a constraint, a row) is a migration. Everything else is written
once, in the ``sql`` folders, as it is now. Laying takes down what is there and puts all of it up again in
one order, in one transaction: an upgraded database has the walls of a fresh one. Their hash is the comment
of the schema ``sec``. See decision 47.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.events import claims
from audit.events.reasons import reasons
from confidential.environment import BASE
from rights.requests import deadlines
from rights.retention import schedule
from vault.roles import BOUND
from vault.sealed import newest_forms

# In this order: each file leans on those before it only.
FILES = (
    "vault/sql/principals.sql",
    "confidential/sql/claims.sql",
    "audit/sql/door.sql",
    "audit/sql/guarding.sql",
    "audit/sql/forms.sql",
    "audit/sql/rows.sql",
    "audit/sql/seal.sql",
    "audit/sql/checking.sql",
    "audit/sql/keeping.sql",
    "vault/sql/rotation.sql",
    "volunteers/sql/walls.sql",
    "volunteers/sql/duties.sql",
    "volunteers/sql/letting_in.sql",
    "rights/sql/deadlines.sql",
    "volunteers/sql/own_data.sql",
    "clients/sql/own_record.sql",
    "clients/sql/ledger.sql",
    "clients/sql/grants.sql",
    "clients/sql/records.sql",
    "clients/sql/portal.sql",
    "clients/sql/consultations.sql",
    "clients/sql/emergencies.sql",
    "clients/sql/ending.sql",
    "clients/sql/accused.sql",
    "clients/sql/complaints.sql",
    "clients/sql/conflicts.sql",
    "clients/sql/changing_hands.sql",
    "clients/sql/visits.sql",
    "clients/sql/who_may_know.sql",
    "clients/sql/restriction.sql",
    "clients/sql/agreement.sql",
    "clients/sql/directives.sql",
    "clients/sql/heirs.sql",
    "clients/sql/messages.sql",
    "clients/sql/own_choices.sql",
    "clients/sql/likeness.sql",
    "clients/sql/hashes.sql",
    "clients/sql/statements.sql",
    "disclosures/sql/walls.sql",
    "disclosures/sql/marks.sql",
    "disclosures/sql/delivery.sql",
    "disclosures/sql/will.sql",
    "disclosures/sql/recipients.sql",
    "volunteers/sql/libraries.sql",
    "volunteers/sql/speaking.sql",
    "volunteers/sql/founding.sql",
    "volunteers/sql/references.sql",
    "rights/sql/walls.sql",
    "rights/sql/requests.sql",
    "rights/sql/exports.sql",
    "rights/sql/prepared.sql",
    "clients/sql/misplaced.sql",
    "rights/sql/inspection.sql",
    "rights/sql/own_log.sql",
    "rights/sql/holds.sql",
    "rights/sql/schedule.sql",
    "rights/sql/retention.sql",
    "rights/sql/erasure.sql",
    "rights/sql/erasure_seen.sql",
    "rights/sql/erasing.sql",
    "volunteers/sql/signin.sql",
    "volunteers/sql/expired.sql",
    "volunteers/sql/offices.sql",
)
LAID = "SELECT obj_description(to_regnamespace('sec'), 'pg_namespace')"
DOWN = BASE / "confidential" / "sql" / "take_down.sql"
# Take the place of these: in claims.sql who may claim which event, its reasons, and forms of sealed values;
# in deadlines.sql the public holidays; in schedule.sql for which kinds of data a president decides.
FILLED_IN = {
    "{claims}": claims,
    "{forms}": newest_forms,
    "{reasons}": reasons,
    "{holidays}": deadlines.of_france,
    "{holidays_alsace}": deadlines.of_alsace_moselle,
    "{periods}": schedule.bounds,
}


@cache
def parts() -> tuple[str, ...]:
    """The text of each file, in their order."""
    return tuple(_filled_in((BASE / name).read_text("utf-8")) for name in FILES)


def _filled_in(text: str) -> str:
    for place, written in FILLED_IN.items():
        if place in text:
            text = text.replace(place, written())
    return text


@cache
def own_hash() -> str:
    """The hash of the walls that this program needs."""
    return hashlib.sha256("\0".join(_all()).encode()).hexdigest()


def laid_hash(connection: BaseDatabaseWrapper) -> str | None:
    """The hash of the walls that the database has; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute(LAID)
        return cursor.fetchone()[0]


def lay(connection: BaseDatabaseWrapper) -> bool:
    """Take down what is there and lay this program's walls, in one transaction; False if they stand already.

    ``connection`` is the owner's. Whoever reads meanwhile waits; whatever fails leaves what was there.
    """
    with transaction.atomic(using=connection.alias, durable=True):
        if laid_hash(connection) == own_hash():
            return False
        with connection.cursor() as cursor:
            for text in _all():
                # Without parameters the server takes many statements at once.
                cursor.execute(text)
            cursor.execute(f"COMMENT ON SCHEMA sec IS '{own_hash()}'")
    return True


def _all() -> Iterator[str]:
    yield DOWN.read_text("utf-8")
    yield from parts()


def refuse_other_walls(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """On each new connection of a process that serves: ImproperlyConfigured behind other walls."""
    if settings.DATABASE_ROLES.get(connection.alias) not in BOUND:
        return
    if laid_hash(connection) != own_hash():
        connection.close()
        raise ImproperlyConfigured(
            "The database has not the tables and rules of this version of the program. Run "
            "`manage.py migrate` of this version, as the owner. See docs/operations.md."
        )
