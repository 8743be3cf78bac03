"""Deciding that a client sees names in their own log."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import connection

from audit.actor import Actor
from rights.models import NamesDecision
from rights.own_log.permissions import check_names


def decide_names(*, by: Actor, reference: str, reason: str, until: date) -> bool:
    """Names until a day, for the client with this reference; False where there is none to decide about.

    The database asks for the duty and a fresh sign-in, writes the event, and ends an earlier decision.
    """
    check_names(by)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.decide_names(%s, %s, %s, %s)", [uuid4(), reference.strip(), reason, until]
        )
        return cursor.fetchone()[0]


def end_names(*, by: Actor, decision: NamesDecision) -> bool:
    """No names from now on; False where the decision had ended."""
    check_names(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.end_names(%s)", [decision.pk])
        return cursor.fetchone()[0]
