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


def place_of(model: Any, row: UUID, revision: int, clear: Mapping[str, Any]) -> Place:
    """Where a sealed value lies. ``clear`` has the row's columns by name, as Python or as JSON has them."""
    values = [read(field, clear.get(field.attname)) for field in bound(model)]
    return Place(model._meta.db_table, row, revision, written(names(model), values))


@cache
def bound(model: Any) -> tuple[Any, ...]:
    """The fields in clear that a sealed value of ``model`` is bound to."""
    apart = {"id", "revision", "sealed", model.subject_attribute, *model.unbound}
    fields = model._meta.concrete_fields
    return tuple(field for field in fields if field.attname not in apart)


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
    said = {
        name: _plain(value) for name, value in zip(names, values, strict=True) if value is not None
    }
    return json.dumps(said, separators=(",", ":"), sort_keys=True).encode()


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case UUID() | date():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
    return value
