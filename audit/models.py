"""The log: events to read, leaves that stay for ever, and what waits to be sealed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import functions


class Xid8Field(models.Field):
    """A 64-bit transaction id of PostgreSQL."""

    def db_type(self, connection: Any) -> str:
        """The column type."""
        return "xid8"


class CurrentTransaction(models.Func):
    """``pg_current_xact_id()``."""

    function = "pg_current_xact_id"
    output_field = Xid8Field()


class Event(models.Model):
    """One line of the log: who, what, whose record, why, when. Added by definer functions only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField()
    group = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=16)
    actor = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=16, blank=True)
    action = models.CharField(max_length=40)
    outcome = models.CharField(max_length=8, default="done")
    subject = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=16, blank=True)
    branch = models.UUIDField(null=True)
    purpose = models.CharField(max_length=60, blank=True)
    basis = models.CharField(max_length=20, blank=True)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.UUIDField(null=True)
    revision = models.PositiveIntegerField(null=True)
    digest = models.BinaryField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_event"
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_event_subject"),
            models.Index(fields=["actor", "-at"], name="audit_event_actor"),
            models.Index(fields=["-at"], name="audit_event_at"),
        ]


class Leaf(models.Model):
    """A sealed commitment to one event, without personal data. Stays when the event goes."""

    index = models.BigIntegerField(primary_key=True)
    event = models.UUIDField(unique=True)
    commitment = models.BinaryField()
    subject_index = models.BigIntegerField(null=True)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "audit_leaf"


class Pending(models.Model):
    """An event that waits for its leaf, with the transaction that wrote it."""

    event = models.UUIDField(primary_key=True)
    xid = Xid8Field(db_default=CurrentTransaction())
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        db_table = "audit_pending"


class SavedQuestion(models.Model):
    """A filter of the log that somebody asks again and again: codes and references, and no words.

    It has no name of its own, because a name could say of whom somebody thinks; pages put it in words.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.UUIDField()
    question = models.JSONField()
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        db_table = "audit_savedquestion"
        indexes = [models.Index(fields=["owner", "made_at"], name="audit_savedquestion_owner")]
