"""Calling the definer functions that change what the application may not change itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, ProgrammingError

from clients.access import calls


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
        return calls.call(function, *values)


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
