"""Calling the definer functions of the database, which do what the application may not."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction


def call(function: str, *values: Any) -> Any:
    """What ``sec.function`` answers. A refusal raises, and leaves the transaction as it was."""
    marks = ", ".join(["%s"] * len(values))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT sec.{function}({marks})", list(values))
        return cursor.fetchone()[0]
