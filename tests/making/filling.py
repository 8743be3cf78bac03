"""Every table about a client filled with a row, and each of its fields with a value that comes once.

The tables and fields are read from the models, so that next year's are among them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count, cycle
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import models
from psycopg.types.json import Jsonb

from audit import door
from clients.models import Client, Contact, Misplaced, Revision
from rights.export import left_out
from tests.making.people import Cast
from vault import files
from vault.keys import SubjectKeys
from vault.sealed import SealedModel

# Codes with which a row is one that the client may see; of any other field the first choice is taken.
CODES = {
    ("disclosures_disclosure", "ground"): "complaint",
    ("disclosures_disclosure", "state"): "received",
    ("disclosures_disclosure", "consent"): "given",
    ("disclosures_disclosure", "untold"): "",
    ("rights_subjectrequest", "state"): "done",
    ("rights_export", "state"): "expired",
    ("clients_complaint", "about_kind"): "association",
    ("clients_consultation", "happened_on"): None,
    ("clients_grant", "purpose"): "coordination",
    ("clients_grant", "scope"): "contact",
    ("clients_grant", "basis"): "branch_duty",
    ("clients_portalaccess", "opened_as"): "coordinator",
    ("clients_client", "reference"): ...,  # what the record has already stays
    ("clients_client", "state"): ...,
    ("clients_client", "language"): ...,
    ("clients_client", "restricted_at"): ...,
    ("clients_client", "last_contact_on"): ...,
    ("clients_client", "taken_in_at"): ...,
    ("clients_contact", "taken_out_at"): None,  # of one that stays
    ("clients_contact", "taken_out_by"): None,
    ("clients_message", "by"): None,
    ("clients_statement", "state"): "refused",
    ("clients_statementwords", "answer"): False,
    ("clients_heirrequest", "proof"): "deed",
    ("clients_heirrequest", "state"): "granted",
    ("clients_explanation", "given"): True,
    ("clients_explanation", "answer"): "yes",
    ("clients_agreement", "wording"): 1,
    ("disclosures_disclosure", "look_again_on"): None,  # none where the client is told
}
TOKEN = "Qz%04dx"
HUMAN = (str, date, datetime)
# What has keys of its own besides a client.
_OWNERS = {
    model._meta.get_field(model.subject_attribute.removesuffix("_id")).related_model
    for model in apps.get_models()
    if issubclass(model, SealedModel) and model.subject_attribute != "client_id"
}


@dataclass
class Row:
    """One row, with what each of its fields should show."""

    table: str
    kind: str
    values: dict[str, Any]
    clear: dict[str, Any] = field(default_factory=dict)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def tables() -> list[type[models.Model]]:
    """Every model whose rows belong to a client, parents before their children."""
    found: list[type[models.Model]] = []
    waiting = [model for model in apps.get_models() if _belongs(model, set())]
    while waiting:
        ready = [m for m in waiting if not (_parents(m) & (set(waiting) - {m}))]
        assert ready, waiting
        found += ready
        waiting = [m for m in waiting if m not in ready]
    return [Client, *(model for model in found if model is not Client)]


def _belongs(model: type[models.Model], seen: set[Any]) -> bool:
    if model is Client or any(f.name == "subject" for f in model._meta.concrete_fields):
        return True
    seen = seen | {model}
    return any(parent not in seen and _belongs(parent, seen) for parent in _parents(model))


def _parents(model: type[models.Model]) -> set[Any]:
    return {
        f.related_model
        for f in model._meta.concrete_fields
        if f.is_relation
        and f.related_model is not model
        and f.related_model.__module__.split(".")[0] in ("clients", "rights", "disclosures")
    }


class Filler:
    """Fills tables about one client with values that come once each."""

    def __init__(
        self, superuser: psycopg.Connection, cast: Cast, client: Client, keys: SubjectKeys
    ) -> None:
        self.superuser, self.client, self.keys = superuser, client, keys
        self.numbers = count(1)
        people = [cast.coordinator, cast.deputy, cast.colleague, cast.volunteer]
        self.people = cycle([each.id for each in people])
        self.made: dict[type[models.Model], UUID] = {Client: client.pk}
        self.rows: list[Row] = []
        self.inserted: list[tuple[str, str, Any]] = []
        self.keys_of: dict[UUID, SubjectKeys] = {client.pk: keys}
        self.before: list[tuple[str, list[str], Any]] = []

    def fill(self, model: type[models.Model]) -> None:
        """A row of each kind; of what can be corrected, also what it said before."""
        table = model._meta.db_table
        there = self.made.get(Contact)
        if model is Misplaced:
            self._taken_out()
        kinds = [None]
        if issubclass(model, SealedModel) and any(
            f.name == "kind" and f.choices for f in model._meta.concrete_fields
        ):
            kinds = [code for code, _ in model._meta.get_field("kind").choices]
        for kind in kinds:
            if not is_left_out(table, kind=kind or ""):
                self._row(model, kind)
        if model is Misplaced and there:  # what follows belongs to the one that stays
            self.made[Contact] = there

    def _taken_out(self) -> None:
        """A contact that was noted on this client by mistake, of which only the day is left."""
        contact = self._instance(Contact, None)
        contact.taken_out_at, contact.taken_out_by = self._moment(), "author"
        self._insert(contact)
        self.made[Contact] = contact.pk
        left = {"happened_on": contact.happened_on, "taken_out_at": contact.taken_out_at}
        self.rows.append(Row("clients_contact", "", {}, left))

    def _row(self, model: type[models.Model], kind: str | None) -> None:
        self._make_room(model)
        row = self._instance(model, kind)
        table = model._meta.db_table
        sealed = issubclass(model, SealedModel)
        if sealed:
            row.revision = 2
            row.seal()
        self._insert(row)
        self.made.setdefault(model, row.pk)
        self.rows.append(self._expected(row, kind))
        if sealed and model.subject_attribute == "client_id" and self._may_change(table):
            before = self._instance(model, kind)
            before.pk, before.revision = row.pk, 1
            for f in model._meta.concrete_fields:
                if f.is_relation:
                    setattr(before, f.attname, getattr(row, f.attname))
            before.seal()
            clear = {
                f.column: getattr(before, f.attname)
                for f in model._meta.concrete_fields
                if f.name != "sealed"
            }
            kept = Revision(
                client_id=self.client.pk,
                table=table,
                row=row.pk,
                revision=1,
                sealed=before.sealed,
                clear=json.loads(json.dumps(clear, default=_plain)),
                replaced_at=self._moment(),
            )
            self._insert(kept)
            expected = self._expected(before, kind)
            expected.clear = {}  # of what was before, the words count
            self.rows.append(expected)

    def _may_change(self, table: str) -> bool:
        return self.superuser.execute(
            "SELECT has_any_column_privilege('confidential_app', %s, 'UPDATE')", [table]
        ).fetchone()[0]

    def _instance(self, model: type[models.Model], kind: str | None) -> Any:
        row = model()
        for f in model._meta.concrete_fields:
            if not f.primary_key and f.name not in ("sealed", "revision"):
                setattr(
                    row, f.attname, kind if f.name == "kind" and kind else self._value(model, f)
                )
        if isinstance(row, SealedModel):
            row.unlock(self.keys_of[row.subject])
            for name in model.sealed_names():  # type: ignore[attr-defined]
                setattr(row, name, self._token())
        return row

    def _value(self, model: type[models.Model], f: Any) -> Any:
        code = CODES.get((model._meta.db_table, f.name), f)
        if code is not f:
            return code
        if f.is_relation:
            return self._pointer(f)
        if f.choices:
            return f.choices[0][0]
        if f.name == "file" and not f.null:
            return files.write(settings.FILES_ROOT, self.keys, [b"Words."]).file
        if isinstance(f, models.UUIDField):
            return uuid4() if not f.null else None
        return self._once(f)

    def _once(self, f: Any) -> Any:
        """A value that comes once."""
        if isinstance(f, models.DateTimeField):
            return self._moment()
        if isinstance(f, models.DateField):
            return date(1931, 1, 1) + timedelta(days=31 * next(self.numbers))
        if isinstance(f, models.BooleanField):
            return f.name != "quiet"
        if isinstance(f, models.IntegerField):
            return 20_000 + next(self.numbers)
        if isinstance(f, models.BinaryField):
            return b"\x00"
        if isinstance(f, models.JSONField):
            return Jsonb({})
        if f.max_length is not None and f.max_length < len(TOKEN % 0):
            return "en"
        return self._token()

    def _pointer(self, f: Any) -> Any:
        if f.related_model in self.made:
            return self.made[f.related_model]
        name = f.related_model.__name__
        if name == "Branch":
            return self.client.branch_id
        if name == "Person":
            return next(self.people)
        return None

    def _token(self) -> str:
        return TOKEN % next(self.numbers)

    def _moment(self) -> datetime:
        return datetime(1981, 1, 1, 12, tzinfo=UTC) + timedelta(days=9 * next(self.numbers))

    def _expected(self, row: Any, kind: str | None) -> Row:
        model, table = type(row), row._meta.db_table
        clear = {
            f.name: getattr(row, f.attname)
            for f in model._meta.concrete_fields
            if not f.primary_key
            and not f.is_relation
            and not isinstance(f, models.UUIDField | models.BinaryField | models.JSONField)
            and f.name not in ("sealed", "revision", "kind")
            and not is_left_out(table, f.name)
        }
        said = row.opened_values() if isinstance(row, SealedModel) else {}
        return Row(table, kind or "", {**said}, clear)

    def _insert(self, row: Any) -> None:
        fields = [
            f
            for f in row._meta.concrete_fields
            if not (f.primary_key and isinstance(f, models.AutoField))
        ]
        columns = ", ".join(f'"{f.column}"' for f in fields)
        values = [getattr(row, f.attname) for f in fields]
        values = [Jsonb(value) if isinstance(value, dict) else value for value in values]
        marks = ", ".join(["%s"] * len(values))
        table = row._meta.db_table
        found = self.superuser.execute(
            f'INSERT INTO "{table}" ({columns}) VALUES ({marks}) RETURNING "{row._meta.pk.column}"',
            values,
        ).fetchone()
        self.inserted.append((table, row._meta.pk.column, found[0]))
        if any(type(row) is parent for parent in _OWNERS):
            self._give_keys(row)

    def _give_keys(self, row: Any) -> None:
        keys, wrapped = door.new_keys(row.pk)
        kind = row._meta.model_name
        statement = "INSERT INTO vault_subjectkey (subject, kind, data, audit, made_at) VALUES (%s, %s, %s, %s, now())"
        self.superuser.execute(statement, [row.pk, kind, wrapped.data, wrapped.audit])
        self.inserted.append(("vault_subjectkey", "subject", row.pk))
        self.keys_of[row.pk] = keys

    def _make_room(self, model: type[models.Model]) -> None:
        """Of what each client has one, the new one takes the place for a while."""
        f = next(
            (f for f in model._meta.concrete_fields if f.one_to_one and f.related_model is Client),
            None,
        )
        if f:
            self._keep(model._meta.db_table, f.column)
            self.superuser.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE "{f.column}" = %s', [self.client.pk]
            )

    def _keep(self, table: str, column: str) -> None:
        found = self.superuser.execute(
            f'SELECT * FROM "{table}" WHERE "{column}" = %s', [self.client.pk]
        )
        names = [each.name for each in found.description or ()]
        self.before += [(table, names, row) for row in found.fetchall()]

    def change_client(self) -> None:
        """The record itself: it is there already."""
        row = self.client
        self._keep("clients_client", "id")
        for f in Client._meta.concrete_fields:
            if f.primary_key or f.is_relation:
                continue
            code = CODES.get(("clients_client", f.name), f)
            value = getattr(row, f.attname) if code is ... else self._value(Client, f)
            self.superuser.execute(
                f'UPDATE clients_client SET "{f.column}" = %s WHERE id = %s', [value, row.pk]
            )
            setattr(row, f.attname, value)
        self.rows.append(self._expected(row, None))

    def gone(self) -> None:
        """As it was before: others compare tables with the log."""
        for table, column, pk in reversed(self.inserted):
            self.superuser.execute(f'DELETE FROM "{table}" WHERE "{column}" = %s', [pk])
        for table, names, row in self.before:
            self.superuser.execute(f'DELETE FROM "{table}" WHERE id = %s', [row[names.index("id")]])
            columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join(["%s"] * len(row))
            self.superuser.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', row)


def is_left_out(table: str, column: str = "", kind: str = "") -> bool:
    """Whether a table, a column of it, or its rows of a kind are no part of the copy."""
    names = {f"{table}.{column}", f"{table}.kind={kind}"}
    return table in left_out.TABLES or bool(names & {*left_out.FIELDS, *left_out.ROWS})
