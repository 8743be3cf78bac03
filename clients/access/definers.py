"""Calling the definer functions of the database, which do what the application may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, ProgrammingError, connection, transaction


class Refused(Exception):
    """The database refused: not permitted, or not possible any more. Nothing was changed.

    ``constraint`` is the rule that it broke, where that has a name; ``detail`` what was in the way.
    """

    def __init__(self, function: str, constraint: str = "", detail: str = "") -> None:
        super().__init__(function)
        self.constraint, self.detail = constraint, detail


def call(function: str, *values: Any) -> Any:
    """What ``sec.function(values)`` answers. Raises Refused, and the transaction goes on."""
    with refused(function):
        return execute(function, *values)


def execute(function: str, *values: Any) -> Any:
    """The same, where a refusal is the database's own error; it leaves the transaction as it was."""
    marks = ", ".join(["%s"] * len(values))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT sec.{function}({marks})", list(values))
        return cursor.fetchone()[0]


@contextmanager
def refused(function: str) -> Iterator[None]:
    """Raises Refused where the database refuses ``sec.function``."""
    try:
        yield
    except (ProgrammingError, IntegrityError) as error:
        raise Refused(function, *_why(error)) from error


def _why(error: Exception) -> tuple[str, str]:
    said = getattr(error.__cause__, "diag", None)
    return getattr(said, "constraint_name", None) or "", getattr(said, "message_detail", None) or ""
