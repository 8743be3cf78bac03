"""Reads that are written once as SQL: the ORM would put the same statement together in each request.

For what every page asks, and the record page. Row-level security filters these like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connections, models


class Part(NamedTuple):
    """A model in a reading: its columns, their attributes, and which of them tells that it is there."""

    model: type[models.Model]
    names: list[str]
    key: int


class Reading:
    """A statement in which ``{alias}`` stands for the columns of the model given for ``alias``.

    A row comes back as the instances of these models, in their order (None where an outer join
    found nothing), followed by whatever else the statement selects.
    """

    def __init__(self, statement: str, using: str = "default", **parts: type[models.Model]) -> None:
        self.using = using
        self.parts: list[Part] = []
        columns = {}
        for alias, model in parts.items():
            fields = model._meta.concrete_fields
            names = [field.attname for field in fields]
            self.parts.append(Part(model, names, fields.index(model._meta.pk)))
            columns[alias] = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.statement = statement.format(**columns)

    def all(self, parameters: Mapping[str, Any]) -> list[list[Any]]:
        """The rows for these parameters."""
        with connections[self.using].cursor() as cursor:
            cursor.execute(self.statement, parameters)
            rows = cursor.fetchall()
        return [self._instances(row) for row in rows] if self.parts else rows

    def first(self, parameters: Mapping[str, Any]) -> list[Any] | None:
        """The first row, or None."""
        return next(iter(self.all(parameters)), None)

    def _instances(self, row: tuple[Any, ...]) -> list[Any]:
        found: list[Any] = []
        start = 0
        for model, names, key in self.parts:
            values = row[start : start + len(names)]
            start += len(names)
            there = values[key] is not None
            found.append(model.from_db(self.using, names, values) if there else None)
        return [*found, *row[start:]]


def relate(instance: models.Model, **others: Any) -> None:
    """Tell ``instance`` what it is related to by these names, as ``select_related`` does."""
    instance._state.fields_cache.update(others)
