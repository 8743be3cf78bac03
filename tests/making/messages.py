"""Messages: written in a client's space, answered by somebody of the team."""

from __future__ import annotations

from uuid import UUID, uuid4

from audit import door
from clients.messages import actions
from clients.models import Client, Message
from tests.making.people import Someone


def sent(account: UUID, client: Client, text: str = "Can you come on Friday?") -> Message:
    """The client writes in their space."""
    with Someone(account, "", None).actor().transaction() as actor:  # type: ignore[arg-type]
        keys = door.open_one(actor, client.pk, "message.write", "own_record")
        key = uuid4()
        assert actions.write(by=actor, client=client, keys=keys, key=key, text=text)
        return Message.objects.get(pk=actions.message_id(actor, client.pk, key))


def answered(by: Someone, message: Message, text: str = "Yes, at ten.") -> None:
    """Somebody of the team answers it. Raises Refused."""
    with by.actor().transaction() as actor:
        client = Client.objects.get(pk=message.client_id)
        keys = door.open_one(actor, client.pk, "message.write", "support")
        actions.write(by=actor, client=client, keys=keys, key=uuid4(), text=text, seen=message.pk)


def read_by(someone: Someone, client: Client) -> list[str | None]:
    """What somebody reads of the messages of a client, the latest first; None for one without its words."""
    with someone.actor().transaction() as actor:
        rows = list(Message.objects.filter(client=client))
        if not rows:
            return []
        own = actor.person is None
        act, why = ("portal.messages", "own_record") if own else ("message.read", "support")
        keys = door.open_one(actor, client.pk, act, why)
        return [message.text for message in actions.opened(rows, keys)]  # type: ignore[attr-defined]
