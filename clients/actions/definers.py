"""Calling the definer functions that change what the application may not change itself."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, ProgrammingError, connection, transaction


class Refused(Exception):
    """The database refused: not permitted, or not possible any more. Nothing was changed."""


def call(function: str, *values: Any) -> Any:
    """What ``sec.function(values)`` answers. Raises Refused, and the transaction goes on."""
    marks = ", ".join(["%s"] * len(values))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT sec.{function}({marks})", list(values))
            return cursor.fetchone()[0]
    except (ProgrammingError, IntegrityError) as error:
        raise Refused(function) from error
