"""What the client says to a record and to information about health. See ``clients/sql/agreement.sql``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils.translation import gettext as _

from audit.actor import Actor
from clients.access.definers import execute
from clients.models import Agreement, AgreementAnswer, AgreementWords, Client
from clients.models.agreements import Basis6, Quality
from clients.records.agreement_words import LATEST
from volunteers.references import new_reference

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

NO = frozenset({AgreementAnswer.NO_RECORD, AgreementAnswer.WITHDRAWN})
# What an app above this one does once a client said no: it asks for the deletion.
WhenNo = Callable[[Actor, Client, "SubjectKeys", str], None]
_when_no: list[WhenNo] = []


@dataclass(frozen=True)
class NewAgreement:
    """One answer. ``who`` and ``proof`` say who gave it for the client, and why they may."""

    answer: str
    channel: str
    language: str
    happened_on: date
    quality: str = Quality.SELF
    basis: str = Basis6.INTEREST
    words: str = ""
    who: str = ""
    proof: str = ""


def when_no(act: WhenNo) -> WhenNo:
    """Add what happens after a no; can be used as a decorator."""
    if act not in _when_no:
        _when_no.append(act)
    return act


def agree(*, by: Actor, client: Client, keys: SubjectKeys, new: NewAgreement) -> Agreement:
    """Note an answer; a no restricts the record in this second and asks for its deletion."""
    made = uuid4()
    if new.answer in NO:
        for act in _when_no:  # while the record can still be written in
            act(by, client, keys, new.words)
    execute(
        "agree",
        made,
        client.pk,
        new.answer,
        new.quality,
        new.basis,
        LATEST,
        new.channel,
        new.language,
        new.happened_on,
        new_reference("F"),
    )
    agreement = Agreement.objects.get(pk=made)
    if new.words or new.who or new.proof:
        AgreementWords.new(
            keys,
            client=client,
            agreement=agreement,
            words=new.words,
            who=new.who,
            proof=new.proof,
        ).save()
    return agreement


def agreements_of(client: Client, keys: SubjectKeys) -> list[Agreement]:
    """All answers, the latest first, with what was said where that may be read."""
    rows = list(Agreement.objects.filter(client=client).select_related("by", "said"))
    for row in rows:
        if hasattr(row, "said"):
            row.said.unlock(keys)
    return rows


def after_no(client: Client) -> str:
    """What to say once a no is noted: what has happened, and under which number the paper goes on."""
    paper = Agreement.objects.filter(client=client).values_list("paper", flat=True).first()
    said = _(
        "It is noted. The record is restricted, and a request to delete it is open. From now on, on paper"
        " only, under the number %(number)s."
    )
    return said % {"number": paper}
