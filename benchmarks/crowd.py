"""Many clients at once, laid by the superuser with really sealed rows: the surroundings of a measurement.

Client ``n`` belongs to a branch and to the volunteer who looks after forty of them there. The branches
of those who are measured stop growing at twenty thousand clients each: beyond, only the others grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from benchmarks import words
from benchmarks.cast import BRANCHES, Someone
from clients.models import ContactNote, Identity, SafeContact
from vault.keyring import Keyring
from vault.keys import SubjectKeys, generate
from vault.places import place_of
from vault.sealed import SealedModel

EACH = 40
STILL = 100_000
SEARCHED = {"some": (1, 400), "many": (2, 4_000)}  # user name: branch, clients
WRITTEN = frozenset(branch for branch, _ in SEARCHED.values())
NOTES = 2  # per client of those who are searched
LONG_AGO = "2026-01-01 08:00+00"
DERIVED = """
    INSERT INTO clients_clientpermission
        (grant_id, permission_id, user_id, content_object_id, code, basis, starts_at, branch_id)
    SELECT g.id, p.id, g.person_id, g.client_id, p.codename, g.basis, g.starts_at, g.branch_id
    FROM clients_grant g CROSS JOIN auth_permission p
    JOIN django_content_type t ON t.id = p.content_type_id
    WHERE t.app_label = 'clients' AND t.model = 'client'
      AND p.codename IN ('view_client', 'view_notes', 'log_contact')
      AND NOT EXISTS (SELECT FROM clients_clientpermission x WHERE x.grant_id = g.id)
"""


def reference(number: int) -> str:
    """A short clear reference."""
    return f"C-{number:07}"


def branch_of(number: int) -> UUID:
    """The branch of a client."""
    group = number % len(BRANCHES)
    return BRANCHES[group if number < STILL else 3 + group % 2]


def volunteer(number: int) -> int | None:
    """The number of the volunteer who looks after this client; None for the measured one."""
    branch, place = number % len(BRANCHES), number // len(BRANCHES)
    if branch == 0 and place < EACH:
        return None
    return place // EACH * len(BRANCHES) + branch


def fill(cursor: psycopg.Cursor, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """COPY rows into a table."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns.split())
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)


class Crowd:
    """Grows the real side's tables from one size to the next."""

    def __init__(self, people: dict[str, Someone], ring: Keyring) -> None:
        self.people = people
        self.ring = ring
        self.size = 0

    def grow(self, superuser: psycopg.Connection, size: int) -> None:
        """Add clients until there are ``size``. Triggers and foreign keys are off while it loads."""
        numbers = range(self.size, size)
        with superuser.transaction(), superuser.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            self._people(cursor, numbers)
            self._clients(cursor, numbers)
            self._grants(cursor, numbers)
        superuser.execute("ANALYZE")
        self.size = size

    def _people(self, cursor: psycopg.Cursor, numbers: range) -> None:
        known = {volunteer(number) for number in range(numbers.start)}
        new = sorted({volunteer(number) for number in numbers} - known - {None})
        ids = {number: words.number_id("volunteer", number) for number in new}
        fill(
            cursor,
            "volunteers_user",
            "id username password kind language is_active is_superuser must_change_password created_at",
            ((ids[n], f"crowd{n}", "!", "person", "en", True, False, False, LONG_AGO) for n in new),
        )
        fill(
            cursor,
            "volunteers_person",
            "user_id reference working_name language joined_at",
            ((ids[n], f"PC-{n:07}", f"Crowd {n}", "en", LONG_AGO) for n in new),
        )

    def _clients(self, cursor: psycopg.Cursor, numbers: range) -> None:
        made = {n: generate(words.number_id("client", n), self.ring) for n in numbers}
        fill(
            cursor,
            "clients_client",
            "id branch_id reference state language pseudonym taken_in_at last_contact_on",
            (
                (
                    keys.subject,
                    branch_of(n),
                    reference(n),
                    "open",
                    "fr",
                    False,
                    LONG_AGO,
                    words.last_contact(n),
                )
                for n, (keys, _) in made.items()
            ),
        )
        fill(
            cursor,
            "vault_subjectkey",
            "subject kind data audit",
            (
                (keys.subject, "client", wrapped.data, wrapped.audit)
                for keys, wrapped in made.values()
            ),
        )
        fill(
            cursor,
            "clients_identity",
            "id revision sealed client_id",
            (sealed(keys, Identity, n, words.identity(n)) for n, (keys, _) in made.items()),
        )
        written = {n: keys for n, (keys, _) in made.items() if n % 5 in WRITTEN and n < 20_000}
        fill(
            cursor,
            "clients_safecontact",
            "id revision sealed client_id",
            (
                sealed(keys, SafeContact, n, words.safe_contact(n), checked_on=None)
                for n, keys in written.items()
            ),
        )
        self._notes(cursor, written)

    def _notes(self, cursor: psycopg.Cursor, written: dict[int, SubjectKeys]) -> None:
        each = [(n * NOTES + k, n, keys) for n, keys in written.items() for k in range(NOTES)]
        fill(
            cursor,
            "clients_contact",
            "id client_id branch_id channel happened_on reached urgent made_at revision",
            (
                (
                    words.number_id("contact", at),
                    keys.subject,
                    branch_of(n),
                    "phone",
                    words.last_contact(n),
                    True,
                    False,
                    LONG_AGO,
                    1,
                )
                for at, n, keys in each
            ),
        )
        fill(
            cursor,
            "clients_contactnote",
            "id revision sealed client_id contact_id saved_at",
            (
                (
                    *sealed(
                        keys,
                        ContactNote,
                        at,
                        {"text": words.note(at)},
                        contact_id=words.number_id("contact", at),
                        by_id=None,
                    ),
                    words.number_id("contact", at),
                    LONG_AGO,
                )
                for at, n, keys in each
            ),
        )

    def _grants(self, cursor: psycopg.Cursor, numbers: range) -> None:
        fill(
            cursor,
            "clients_grant",
            "id client_id branch_id person_id scope basis purpose starts_at",
            (
                (
                    words.number_id(f"grant {person}", n),
                    words.number_id("client", n),
                    branch_of(n),
                    person,
                    "full",
                    "assignment",
                    "support",
                    LONG_AGO,
                )
                for n in numbers
                for person in self._assigned(n)
            ),
        )
        # What the ledger's trigger derives for each grant.
        cursor.execute(DERIVED)

    def _assigned(self, number: int) -> Iterator[UUID]:
        crowd = volunteer(number)
        yield self.people["volunteer"].id if crowd is None else words.number_id("volunteer", crowd)
        for username, (branch, wanted) in SEARCHED.items():
            if number % 5 == branch and number // 5 < wanted:
                yield self.people[username].id


def sealed(
    keys: SubjectKeys, model: type[SealedModel], number: int, values: dict[str, Any], **clear: Any
) -> tuple[Any, ...]:
    """A sealed row as its model would write it: id, revision, sealed value, client."""
    row = words.number_id(model._meta.db_table, number)
    plain = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    return row, 1, keys.seal(plain, place_of(model, row, 1, clear)), keys.subject
