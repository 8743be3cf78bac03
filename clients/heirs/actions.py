"""What can be done with a request of an heir. One function an act; the database writes the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client, HeirRequest, HeirWords
from vault.exceptions import Conflict
from volunteers.references import new_reference

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "heirrequest_no_objection": _(
        "Another heir objects. The answer cannot be yes until they agree, or the court has decided."
    ),
    "heirrequest_proof": _(
        "The answer cannot be yes: no paper shows who they are to the client, or it goes against the"
        " directives. Correct the proof first, if another paper was seen."
    ),
    "heirrequest_seen": _(
        "One person recorded this and proposed it. Say on which day you saw the paper yourself, or send"
        " it back: another coordinator can propose."
    ),
    "": _("Somebody else decides this one. Ask the data-protection lead."),
}
Kind = HeirWords.Kind


@dataclass(frozen=True)
class NewHeirRequest:
    """Who asks what, as what, and what was seen that shows it."""

    who: str
    reach: str
    text: str
    quality: str
    wish: str
    proof: str
    proof_seen_on: date | None
    along: str
    channel: str
    received_on: date


def record(*, by: Actor, client: Client, keys: SubjectKeys, new: NewHeirRequest) -> HeirRequest:
    """Record what somebody close asks. Raises Refused."""
    made = uuid4()
    with refused("heir_record"):
        execute(
            "heir_record",
            made,
            new_reference("H"),
            client.pk,
            new.quality,
            new.wish,
            new.proof,
            new.proof_seen_on,
            new.along,
            new.channel,
            new.received_on,
        )
    asked = HeirRequest.objects.get(pk=made)
    _say(by, asked, keys, Kind.ASKED, new.text, who=new.who, reach=new.reach)
    return asked


def propose(*, by: Actor, asked: HeirRequest, keys: SubjectKeys, grant: bool, text: str) -> None:
    """A coordinator proposes an answer, with reasons. Raises Refused or Conflict."""
    with transaction.atomic():
        _say(by, asked, keys, Kind.DECISION, text)
        _step(asked, "grant" if grant else "refuse")


def correct(
    *, by: Actor, asked: HeirRequest, proof: str, proof_seen_on: date | None, along: str
) -> None:
    """Another paper was seen, or what the directives say of it was wrong. Raises Refused or Conflict."""
    with refused("correct", MESSAGES):
        if not execute("heir_correct", asked.pk, proof, proof_seen_on, along):
            raise Conflict(str(Conflict.message))


def confirm(*, by: Actor, asked: HeirRequest, seen_on: date | None = None) -> None:
    """A second person agrees, who saw the paper on a day: it is decided. Raises Refused or Conflict."""
    _step(asked, "confirm", seen_on)


def send_back(*, by: Actor, asked: HeirRequest, keys: SubjectKeys | None, text: str) -> None:
    """A second person does not agree; words are kept of whoever holds the keys. Raises Refused, Conflict."""
    with transaction.atomic():
        if keys is not None and text:
            _say(by, asked, keys, Kind.BACK, text)
        _step(asked, "back")


def object_to(
    *, by: Actor, asked: HeirRequest, keys: SubjectKeys, who: str, reach: str, text: str
) -> None:
    """Another heir does not agree: until it is settled the answer is no. Raises Refused, Conflict."""
    with transaction.atomic():
        _say(by, asked, keys, Kind.OBJECTION, text, who=who, reach=reach)
        _step(asked, "object")


def settle(*, by: Actor, asked: HeirRequest, keys: SubjectKeys, text: str) -> None:
    """The objection was taken back, or the court has decided. Raises Refused or Conflict."""
    with transaction.atomic():
        _say(by, asked, keys, Kind.SETTLED, text)
        _step(asked, "settle")


def _say(
    by: Actor, asked: HeirRequest, keys: SubjectKeys, kind: str, text: str, **who: str
) -> None:
    said = {"client_id": asked.client_id, "request": asked, "kind": kind, "by_id": by.person}
    HeirWords.new(keys, **said, text=text, **who).save()


def _step(asked: HeirRequest, act: str, seen_on: date | None = None) -> None:
    with refused(act, MESSAGES):
        if not execute("heir_step", asked.pk, act, seen_on):
            raise Conflict(str(Conflict.message))
    asked.refresh_from_db()
