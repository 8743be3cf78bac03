"""Calling the definer functions of the database, which do what the application may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, ProgrammingError, connection, transaction

from vault.exceptions import Refused


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
def refused(act: str, messages: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Raises Refused where the database refuses ``act``.

    ``messages`` are words by the name of the rule; what has none stays the database's own error, which is a
    403 and a line in the log.
    """
    try:
        yield
    except (ProgrammingError, IntegrityError) as error:
        constraint, detail = why(error)
        if messages is not None and constraint not in messages:
            raise
        raise Refused(act, constraint, detail, (messages or {}).get(constraint, "")) from error


def why(error: Exception) -> tuple[str, str]:
    """The name of the rule that a refusal of the database names, and what was in the way."""
    said = getattr(error.__cause__, "diag", None)
    return getattr(said, "constraint_name", None) or "", getattr(said, "message_detail", None) or ""
