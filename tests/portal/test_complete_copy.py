"""The copy holds everything: each field of each table about a client gets a value of its own, and is looked for.

The tables and fields are read from the models, so that next year's field fails here until it is in the copy, or on
the list of what is left out, with its reason (``rights/export/left_out.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count, cycle
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone, translation
from django.utils.formats import date_format
from psycopg.types.json import Jsonb

from audit import door
from clients.models import Client, Contact, Misplaced, Revision
from confidential.environment import BASE
from rights.export import left_out
from tests.making.exports import made, pages, taken
from tests.making.people import Cast
from tests.making.schemas import SCHEMA, disagreeing
from tests.making.spaces import Space
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


@pytest.fixture
def behind(superuser: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A superuser for whom no trigger runs."""
    superuser.execute("SET session_replication_role = replica")
    yield superuser
    superuser.execute("RESET session_replication_role")


def _said(value: Any) -> set[str]:
    """How a value may read in record.json."""
    if isinstance(value, datetime):
        return {timezone.localtime(value).isoformat(timespec="seconds")}
    if isinstance(value, date):
        return {value.isoformat()}
    return {str(value)}


def is_left_out(table: str, column: str = "", kind: str = "") -> bool:
    """Whether a table, a column of it, or its rows of a kind are no part of the copy."""
    names = {f"{table}.{column}", f"{table}.kind={kind}"}
    return table in left_out.TABLES or bool(names & {*left_out.FIELDS, *left_out.ROWS})


def _printed(value: Any) -> str:
    """How it reads on paper, without blanks."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    if isinstance(value, date):
        with translation.override("en"):
            return "".join(date_format(value, "j F Y").split())
    return str(value)


def _pairs(held: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(held, dict):
        for key, value in held.items():
            yield from _pairs(value, key)
    elif isinstance(held, list):
        for value in held:
            yield from _pairs(value, name)
    else:
        yield name, str(held)


def _dicts(held: Any) -> Iterator[dict[str, Any]]:
    if isinstance(held, dict):
        yield held
    for value in (
        held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    ):
        yield from _dicts(value)


def _is_once(value: Any) -> bool:
    """Whether the value comes once, so that it can be looked for anywhere."""
    return (isinstance(value, HUMAN) and str(value)[:2] in ("Qz", "19")) or (
        type(value) is int and value > 20_000
    )


def missing_in_json(rows: list[Row], data: dict[str, Any]) -> list[str]:
    """The fields whose value is not in record.json; a code is looked for beside a value of its row."""
    everywhere = {said for _, said in _pairs(data)}
    found = []
    for row in rows:
        once = {
            said
            for value in [*row.values.values(), *row.clear.values()]
            if _is_once(value)
            for said in _said(value)
        }
        beside = [
            set(_pairs(each)) for each in _dicts(data) if once & {said for _, said in _pairs(each)}
        ]
        for name, value in [*row.values.items(), *row.clear.items()]:
            if value in (None, "") or not isinstance(value, (*HUMAN, int)):
                continue
            if _is_once(value):
                good = bool(_said(value) & everywhere)
            else:
                good = any((name, said) in pairs for pairs in beside for said in _said(value))
            if not good:
                found.append(f"{row.table}.{name} {row.kind}")
    return found


def missing_on_paper(rows: list[Row], printed: str) -> list[str]:
    """The fields whose value a reader does not find."""
    return [
        f"{row.table}.{name} {row.kind}"
        for row in rows
        for name, value in [*row.values.items(), *row.clear.items()]
        if _is_once(value)
        and f"{row.table}.{name}" not in left_out.NOT_PRINTED
        and _printed(value) not in printed
    ]


def test_each_field_of_each_table_is_in_the_copy(
    cast: Cast, space: Callable[..., Space], behind: psycopg.Connection
) -> None:
    own = space()
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, own.client.pk, "client.view", "support")
        own.client.refresh_from_db()
    filler = Filler(behind, cast, own.client, keys)
    try:
        filler.change_client()
        for model in tables()[1:]:
            if model is not Revision:  # made with what is corrected
                filler.fill(model)
        archive = taken(own, made(own))
    finally:
        filler.gone()
    data = json.loads(archive.read("record.json"))
    assert disagreeing(data, SCHEMA) == []
    assert missing_in_json(filler.rows, data) == []
    assert missing_on_paper(filler.rows, "".join(pages(archive).split())) == []


def test_what_is_not_there_is_missed() -> None:
    row = Row(
        "a_table",
        "",
        {"new": "Qz9999x"},
        {"code": "yes", "made_at": datetime(1981, 1, 1, tzinfo=UTC)},
    )
    assert len(missing_in_json([row], {"old": "Qz0001x", "code": "yes"})) == 3
    assert len(missing_on_paper([row], "Qz0001x")) == 2
    assert (
        missing_in_json(
            [row], {"a": {"new": "Qz9999x", "code": "yes", "made_at": "1981-01-01T01:00:00+01:00"}}
        )
        == []
    )


def test_what_is_left_out_is_there_to_be_left_out() -> None:
    """Nobody lists a table or a field that does not exist, or that is no part of what a client has."""
    models_of = {model._meta.db_table: model for model in tables()}
    assert left_out.TABLES.keys() <= models_of.keys()
    for name in [
        *left_out.FIELDS,
        *left_out.NOT_PRINTED,
        *(row.partition("=")[0] for row in left_out.ROWS),
    ]:
        table, column = name.split(".")
        model: Any = models_of[table]
        names = {f.name for f in model._meta.concrete_fields}
        assert column in names | (
            model.sealed_names() if issubclass(model, SealedModel) else set()
        ), name


def test_the_lists_are_in_the_document() -> None:
    text = (BASE / "docs" / "record-export.md").read_text(encoding="utf-8")
    for listed in (left_out.TABLES, left_out.ROWS, left_out.FIELDS, left_out.NOT_PRINTED):
        for name, reason in listed.items():
            assert f"| `{name}` | {reason} |" in text, name
