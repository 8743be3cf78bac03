"""What a client wants after their death, noted by somebody; and a death."""

from __future__ import annotations

from django.utils import timezone

from audit import door
from clients.models import Client, Directive
from clients.records.actions import changes
from clients.records.actions.directives import NewDirective, direct
from tests.making.people import Someone

TOLD = "Claire Quercy (daughter), 06 39 98 00 21: Vera rings her\nDr Nadal, at the practice"


def wish(by: Someone, client: Client, fate: str = "erase", **said: str) -> Directive:
    """Directives of today, on the telephone."""
    said = {"executor": "Claire Quercy", "told": TOLD, **said}
    new = NewDirective(fate, "phone", timezone.localdate(), **said)
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "directive.write", "support")
        return direct(by=actor, client=client, keys=keys, new=new)


def dies(by: Someone, client: Client) -> None:
    """Somebody notes that the client has died today."""
    with by.actor().transaction() as actor:
        found = Client.objects.get(pk=client.pk)
        changes.change_state(by=actor, client=found, state="died", since=timezone.localdate())


def lives(by: Someone, client: Client) -> None:
    """It was noted by mistake."""
    with by.actor().transaction() as actor:
        found = Client.objects.get(pk=client.pk)
        changes.change_state(by=actor, client=found, state="open", since=timezone.localdate())
