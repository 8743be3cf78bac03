"""Collecting the cosignatures of witnesses for the newest checkpoint, and giving them out with it."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import cache
from threading import Event

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from audit import proofs
from audit.models import Checkpoint, Cosignature
from audit.witnesses import Contradicted, Unanswered, Witness, cosignature

log = logging.getLogger("audit")
EVERY = 30.0  # seconds
STALE = timedelta(hours=1)


@cache
def witnesses() -> tuple[Witness, ...]:
    """The witnesses of the settings. Raises ValueError for one that is not of the form."""
    return tuple(Witness.read(text) for text in settings.LOG_WITNESSES)


def newest_cosigned() -> Checkpoint:
    """The checkpoint to give out: the newest that a witness signed within the hour, else the newest.

    While the log grows each second, the very newest has seldom been seen by anybody else yet.
    """
    recent = Checkpoint.objects.filter(made_at__gt=timezone.now() - STALE)
    signed = Cosignature.objects.filter(witness__in=[w.key.name for w in witnesses()])
    found = recent.filter(size__in=signed.values("size")).order_by("-size").first()
    return found or proofs.newest()


def cosigned(checkpoint: Checkpoint) -> str:
    """The note of a checkpoint with the cosignatures collected for it so far."""
    lines = Cosignature.objects.filter(size=checkpoint.size).order_by("witness")
    return bytes(checkpoint.note).decode() + "".join(f"{each.line}\n" for each in lines)


def ask_all() -> int:
    """Ask each witness for the newest checkpoint; how many signed it now.

    Whoever is away is asked the next time. A contradiction is logged aloud: a person must look.
    """
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if checkpoint is None:
        return 0
    signed = 0
    for witness in witnesses():
        try:
            signed += ask(witness, checkpoint)
        except Exception as error:  # one of them keeps nobody from the others
            log.error(
                "%s could not be asked: %s: %s", witness.key.name, type(error).__name__, error
            )
    return signed


def ask(witness: Witness, checkpoint: Checkpoint) -> bool:
    """Ask one witness for a checkpoint; whether it signed that now."""
    last = Cosignature.objects.filter(witness=witness.key.name).order_by("-size").first()
    if last is not None and last.size == checkpoint.size:
        return False
    try:
        found = cosignature(
            witness,
            bytes(checkpoint.note).decode(),
            checkpoint.size,
            since=last.size if last else 0,
            prove=proofs.consistency,
        )
    except Unanswered as error:
        log.warning("%s", error)
        return False
    except Contradicted as error:
        log.critical("THE LOG IS CONTRADICTED: %s", error)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sec.seal_contradicted(%s, %s)", [witness.key.name, str(error)])
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.seal_cosign(%s, %s, %s)",
            [checkpoint.size, witness.key.name, found.line],
        )
    return True


def run(stop: Event, every: float = EVERY) -> None:
    """Ask until told to stop; without witnesses there is nothing to do."""
    while witnesses() and not stop.wait(every):
        try:
            close_old_connections()
            ask_all()
        except Exception as error:  # a thread that died would ask no more
            log.error("Witnesses could not be asked: %s: %s", type(error).__name__, error)
            connection.close()
    connection.close()
