"""The copy holds everything: each field of each table about a client gets a value of its own, and is looked for.

The tables and fields are read from the models, so that next year's field fails here until it is in the copy, or on
the list of what is left out, with its reason (``rights/export/left_out.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from audit import door
from clients.models import Revision
from confidential.environment import BASE
from rights.export import left_out
from tests.making.exports import made, pages, taken
from tests.making.filling import HUMAN, Filler, Row, tables
from tests.making.people import Cast
from tests.making.schemas import SCHEMA, disagreeing
from tests.making.spaces import Space
from vault.sealed import SealedModel


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
