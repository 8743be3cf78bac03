"""The first contact: an enquiry that is only counted, or a client with explanation and contact together."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from audit.actor import Actor
from clients.contacts.actions.contacts import NewContact, add_contact
from clients.models import Client, Enquiry
from clients.records.actions.explanations import NewExplanation, explain
from clients.records.actions.taking_in import NewClient, take_in


class AlreadySaved(Exception):
    """This very form was saved before; nothing was saved twice. ``id`` is what it made."""

    def __init__(self, id: UUID) -> None:
        super().__init__("already saved")
        self.id = id


def first_contact(
    *, by: Actor, new: NewClient, contact: NewContact, explanation: NewExplanation
) -> Client:
    """A new client with the explanation and the first contact, all or nothing (P10).

    Raises AlreadySaved when ``new.id`` was taken in before.
    """
    _check_new(Client, new.id)
    try:
        with transaction.atomic():
            client, keys = take_in(by=by, new=new)
    except IntegrityError as error:  # the same form, at the same moment
        raise AlreadySaved(new.id or UUID(int=0)) from error
    explain(by=by, client=client, keys=keys, new=explanation)
    add_contact(by=by, client=client, keys=keys, new=contact)
    return client


def count_enquiry(
    *,
    by: Actor,
    id: UUID,
    branch: UUID,
    channel: str,
    happened_on: date,
    language: str,
    minutes: int | None = None,
    wanted_no_record: bool = False,
) -> Enquiry:
    """Count a call that needs no record of a person. Raises AlreadySaved."""
    _check_new(Enquiry, id)
    enquiry = Enquiry(
        id=id,
        branch_id=branch,
        channel=channel,
        happened_on=happened_on,
        language=language,
        minutes=minutes,
        wanted_no_record=wanted_no_record,
        by_id=by.person,
    )
    try:
        with transaction.atomic():
            enquiry.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySaved(id) from error
    return enquiry


def _check_new(model: type[Client] | type[Enquiry], id: UUID | None) -> None:
    if id and model.objects.filter(pk=id).exists():
        raise AlreadySaved(id)
