"""Opening a record in an emergency, saying why, ending it, and judging it afterwards.

The database does each (``clients/sql/emergencies.sql``); it refuses whom it must with ProgrammingError.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError

from audit import door
from audit.actor import Actor
from clients.access.definers import execute
from clients.models import Breach, Emergency, EmergencyEntry, Outcome
from clients.records.actions.hashes import branch_keys, identifying
from volunteers.references import new_reference

REFERENCE = re.compile(r"C[\s-]?([0-9A-Z]{6})")
FEWEST_DIGITS = 9  # of a whole telephone number


class AnotherIsOpen(Exception):
    """One record at a time: this person has another one open."""


class AlreadyReviewed(Exception):
    """Somebody else was first. Nothing was written."""


def open_record(*, by: Actor, branch: UUID, reason: str, who: str) -> Emergency | None:
    """Open the one record of the branch that ``who`` (reference, full name or number) means.

    None where there is none, more than one, or one that is closed to the asker: these look alike.
    Raises AnotherIsOpen.
    """
    keys = branch_keys(by=by, branch=branch, purpose=reason)
    digits = len([character for character in who if character.isdigit()])
    phone = who if digits >= FEWEST_DIGITS else ""
    hashes = keys.asked(identifying({"given_name": "" if phone else who}, {"phone": phone}))
    reference = _reference(who)
    asked = door.ask(by, "ask_emergency", branch, reference, hashes, [], reason)
    made = uuid4()
    by.made[made], wrapped = door.new_keys(made)
    what = (asked, made, branch, reference, hashes, reason, new_reference("E"))
    try:
        found = execute("emergency_open", *what, wrapped.data, wrapped.audit)
    except IntegrityError as error:
        raise AnotherIsOpen from error
    return Emergency.objects.get(pk=made) if found else None


def open_rest(*, by: Actor, emergency: Emergency) -> bool:
    """The second press: contacts and notes too. False when it was pressed before."""
    return execute("emergency_rest", emergency.pk)


def end(*, by: Actor, emergency: Emergency) -> bool:
    """End it in this second; False when it had ended."""
    return execute("emergency_end", emergency.pk)


def say_why(*, by: Actor, emergency: Emergency, text: str) -> EmergencyEntry:
    """Whoever opened the record says in words why."""
    keys = door.open_one(by, emergency.pk, "emergency.words", emergency.reason)
    return _add(by, emergency, keys, EmergencyEntry.Kind.WORDS, text)


def review(*, by: Actor, emergency: Emergency, outcome: str, text: str) -> Breach | None:
    """Judge it, once; what should not have been opens a breach. Raises AlreadyReviewed."""
    try:
        breach = execute("emergency_review", emergency.pk, outcome, new_reference("B"))
    except IntegrityError as error:
        raise AlreadyReviewed from error
    keys = door.open_one(by, emergency.pk, "emergency.view", "review")
    _add(by, emergency, keys, EmergencyEntry.Kind.REVIEW, text)
    return Breach.objects.get(pk=breach) if outcome == Outcome.MISUSE else None


def _add(by: Actor, emergency: Emergency, keys: Any, kind: str, text: str) -> EmergencyEntry:
    entry = EmergencyEntry.new(keys, emergency=emergency, kind=kind, by_id=by.person, text=text)
    entry.save()
    return entry


def _reference(text: str) -> str:
    """A client's reference in its one form; empty where it is none."""
    found = REFERENCE.fullmatch(text.strip().upper())
    return f"C-{found[1]}" if found else ""
