"""What a sealed value is bound to: where it lies, and what its row says in clear.

By the names of columns, and nothing is the same as absent, so that a column may be added later: a row from
before opens while it says nothing there. See decision 48.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from vault.keys import Place

NOTHING = b"{}"  # what a row says whose columns in clear say nothing
# What the driver gives for a column, and nothing has to be made of: thousands of rows are read at once.
KINDS: dict[type, type] = {
    models.UUIDField: UUID,
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.DateField: date,
    models.DateTimeField: datetime,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.SmallIntegerField: int,
}


def place_of(model: Any, row: UUID, revision: int, clear: Mapping[str, Any]) -> Place:
    """Where a sealed value lies. ``clear`` has the row's columns by name, as Python or as JSON has them."""
    said = {}
    for name, kind, field in _columns(model):
        value = clear.get(name)
        if type(value) is not kind:
            value = read(field, value)
        if value is not None:
            said[name] = value
    return Place(model._meta.db_table, row, revision, _encode(said).encode() if said else NOTHING)


@cache
def bound(model: Any) -> tuple[Any, ...]:
    """The fields in clear that a sealed value of ``model`` is bound to."""
    apart = {"id", "revision", "sealed", model.subject_attribute, *model.unbound}
    fields = model._meta.concrete_fields
    return tuple(field for field in fields if field.attname not in apart)


@cache
def _columns(model: Any) -> tuple[tuple[str, type, Any], ...]:
    """Name, the Python type whose values need no conversion, and field of each of them."""
    return tuple((field.attname, _kind(field), field) for field in bound(model))


class _Unknown:
    """The type of no value."""


def _kind(field: Any) -> type:
    """What the driver gives for a column of this field; the type of no value where that is not sure."""
    while field.remote_field:
        field = field.target_field
    return KINDS.get(type(field), _Unknown)


def read(field: Any, value: Any) -> Any:
    """A value of a field, from Python or from the JSON of a row."""
    if isinstance(field, models.BinaryField) and isinstance(value, str):
        return bytes.fromhex(value.removeprefix("\\x"))  # as the database writes bytes into JSON
    return None if value is None else field.to_python(value)


@cache
def names(model: Any) -> tuple[str, ...]:
    """Their names."""
    return tuple(field.attname for field in bound(model))


def written(names: Iterable[str], values: Iterable[Any]) -> bytes:
    """What these columns say, as it is bound."""
    said = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return _encode(said).encode() if said else NOTHING


def _plain(value: Any) -> Any:
    """What JSON has no form for. Raises TypeError where we have none either."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case UUID() | date():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
    raise TypeError(f"Nothing can be bound to a {type(value).__name__}.")


# Made once: json.dumps would make an encoder for each row.
_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True, default=_plain).encode
