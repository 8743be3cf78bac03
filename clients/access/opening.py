"""How the views of this app get a record: by id, as the database shows it, and open it at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Actor, Request
from clients.models import Client
from components.text import was_tidied

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def find_client(request: Request, client_id: UUID, action: str, *parts: str) -> Client:
    """The record with its ``parts`` (names of one-to-one relations). Http404 for hidden and absent."""
    return door.get(request, Client.objects.select_related("branch", *parts), client_id, action)


def open_client(request: Request, client: Client, action: str) -> SubjectKeys:
    """The keys of the record, and its parts that were fetched, unlocked. Writes one event."""
    keys = door.open_one(request, client.pk, action, purpose(request.actor))
    for part in ("identity", "safe_contact", "background"):
        row = client._state.fields_cache.get(part)
        if row is not None:
            row.unlock(keys)
    return keys


def say_tidied(request: Request, form: BaseForm) -> None:
    """Tell that invisible characters were taken out of what was typed."""
    if was_tidied(form):
        messages.info(request, _("Invisible characters were taken out of what you typed."))


def purpose(actor: Actor) -> str:
    """Why somebody opens records in the course of their duty, in general.

    What the log keeps of it, the database says for each record: ``sec.purpose_on``.
    """
    return "coordination" if actor.holds("coordinator") else "support"
