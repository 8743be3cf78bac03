"""Carrying out what was decided: for the worker, step by step, each of which can be taken again.

closed, line in the ledger (by the sealer), keys destroyed, files, rows with their events, the record. A
process that is killed between any two of them goes on where it was at its next start.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from audit import sink
from rights.models import ErasureState
from vault import files

log = logging.getLogger("rights")
MOST_ROWS = 500  # in one transaction


def carry_out_all() -> int:
    """Go on with each erasure that is due, as far as it can go now; how many were finished."""
    done = 0
    for erasure, state in due():
        try:
            done += carry_out(erasure, state)
        except Exception as error:  # the others go on
            log.exception("An erasure does not go on.", exc_info=error)
    return done


def due() -> list[tuple[UUID, str]]:
    """What is to be done now: ids with the states they are in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sec.erasures_due()")
        return cursor.fetchall()


def carry_out(erasure: UUID, state: str) -> bool:
    """Go on with one. False while it waits: for its ledger line, or for something to be sealed."""
    if state == ErasureState.DECIDED:
        state = _step("SELECT sec.begin_erasure(%s)", erasure)
    if state == ErasureState.LINED:
        _step("SELECT sec.destroy_keys(%s)", erasure)
        state = ErasureState.KEYLESS
    if state != ErasureState.KEYLESS:
        return False
    for (file,) in _rows("SELECT sec.erased_files(%s)", erasure):
        files.remove(settings.FILES_ROOT, file)
    exports = [export for (export,) in _rows("SELECT sec.erased_exports(%s)", erasure)]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE args ->> 'export_id' = ANY (%s)", [exports]
        )
    while gone := _step("SELECT sec.erase_rows(%s, %s)", erasure, MOST_ROWS):
        log.info("%d rows of an erased record removed", gone)
    return gone == 0 and bool(_step("SELECT sec.finish_erasure(%s)", erasure))


def _step(statement: str, *values: Any) -> Any:
    """One step in a transaction of its own; what it logged is told to the second sink."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        (answer,) = cursor.fetchone()
        sink.note()
    return answer


def _rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
