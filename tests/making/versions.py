"""Versions of the code that a test adopts bind nobody after it: other tests' people have not signed them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.utils import timezone

from tests.making.people import Someone
from volunteers.actions import code
from volunteers.models import PolicyVersion


def new_code(president: Someone) -> PolicyVersion:
    """A material version that binds from today on, and that nobody has signed."""
    with president.actor().transaction() as actor:
        texts = {"en": "Keep it.", "fr": "Gardez-le."}
        version = code.draft_version(by=actor, texts=texts, material=True)
        code.adopt_version(by=actor, version=version.pk, on=timezone.localdate(), days_to_sign=0)
    return version


@contextmanager
def versions_forgotten(superuser: psycopg.Connection) -> Iterator[None]:
    """What is drafted and adopted in this block is gone after it, with what was signed under it."""
    before = [row[0] for row in superuser.execute("SELECT id FROM volunteers_policyversion")]
    try:
        yield
    finally:
        new = "SELECT id FROM volunteers_policyversion WHERE id <> ALL (%s)"
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            for table in ("volunteers_policytext", "volunteers_undertaking"):
                superuser.execute(f"DELETE FROM {table} WHERE version_id IN ({new})", [before])
            superuser.execute(f"DELETE FROM volunteers_policyversion WHERE id IN ({new})", [before])
