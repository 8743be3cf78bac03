"""Messages between a client in their own space and those who look after them, instead of e-mail."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions

from clients.models.records import Client, PortalAccess
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person


class MessageQuerySet(models.QuerySet):
    """Named reads of messages."""

    def waiting(self) -> MessageQuerySet:
        """What clients wrote and nobody has answered."""
        return self.filter(by=None, answered_at=None)


class Message(Kept):
    """One message: from the client, through ``access``; or from the team, by somebody.

    Made by a definer function only (``clients/sql/messages.sql``). ``answered_at`` is when somebody answered
    a client's message, or noted that it needs no written answer; until then it waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="messages")
    access = models.ForeignKey(PortalAccess, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    # Who told the client by telephone, of what nobody may read: as the data-protection lead noted it.
    told_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "id"]
        indexes = [
            models.Index(fields=["client", "-made_at"], name="message_client"),
            models.Index(
                fields=["client"],
                name="message_waiting",
                condition=models.Q(answered_at=None, by=None),
            ),
        ]

    @property
    def is_own(self) -> bool:
        """Whether the client wrote it."""
        return self.access_id is not None

    @property
    def waits(self) -> bool:
        """Whether it waits for an answer."""
        return self.is_own and self.answered_at is None


class MessageWords(SealedModel):
    """What it says."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="words")
    text = Sealed()
