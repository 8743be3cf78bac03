"""A client's answer to a record, noted by somebody."""

from __future__ import annotations

from django.utils import timezone

from audit import door
from clients.models import Agreement, Client
from clients.records.actions.agreements import NewAgreement, agree
from tests.making.people import Someone


def say(
    by: Someone, client: Client, answer: str = "yes", words: str = "That is fine."
) -> Agreement:
    """The answer of today, on the telephone."""
    new = NewAgreement(answer, "phone", "fr", timezone.localdate(), words=words)
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "agreement.write", "support")
        return agree(by=actor, client=client, keys=keys, new=new)
