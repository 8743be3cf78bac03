"""The log: events to read, leaves that stay for ever, and what waits to be sealed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _


class Xid8Field(models.Field):
    """A 64-bit transaction id of PostgreSQL."""

    def db_type(self, connection: Any) -> str:
        """The column type."""
        return "xid8"


class CurrentTransaction(models.Func):
    """``pg_current_xact_id()``."""

    function = "pg_current_xact_id"
    output_field = Xid8Field()


class ClockTimestamp(models.Func):
    """``clock_timestamp()``."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


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
            # What wrote a row: the newest is compared with it, and kept as long as it.
            models.Index(
                fields=["object_type", "object_id", "revision"],
                name="audit_event_write",
                condition=models.Q(digest__isnull=False),
            ),
            models.Index(
                fields=["object_id", "-at"],
                name="audit_event_account",
                condition=models.Q(object_type="volunteers_user"),
            ),
            # Whom a complaint may be about is asked of these, of one client or of one person.
            models.Index(
                fields=["subject", "at"],
                name="audit_event_move",
                condition=models.Q(action="client.move"),
            ),
            models.Index(
                fields=["actor"],
                name="audit_event_confirm",
                condition=models.Q(action="portal.confirm"),
            ),
        ]


class Leaf(models.Model):
    """A sealed commitment to one event, without personal data. Stays when the event goes.

    ``commitment`` and ``tag`` mean something only to whoever holds the audit key of the subject.
    """

    index = models.BigIntegerField(primary_key=True)
    event = models.UUIDField(unique=True)
    commitment = models.BinaryField()
    tag = models.BinaryField()

    class Meta:
        db_table = "audit_leaf"


class LeafCount(models.Model):
    """How many leaves of the log are about a subject. Only sealing writes here: nobody holds it up."""

    subject = models.UUIDField(primary_key=True)
    leaves = models.BigIntegerField()

    class Meta:
        db_table = "audit_leafcount"


class Pending(models.Model):
    """An event that waits for its leaf, with the transaction that wrote it."""

    pk = models.CompositePrimaryKey("xid", "made_at", "event")
    xid = Xid8Field(db_default=CurrentTransaction())
    made_at = models.DateTimeField(db_default=ClockTimestamp())
    event = models.UUIDField()

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


class Tree(models.Model):
    """The tree over all leaves, in one row: its size, its root and the tiles that are not full yet.

    ``edge`` is the hashes of the unfinished tile of each level, lowest level first; how many there
    are of each follows from the size.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField()
    edge = models.BinaryField()

    class Meta:
        db_table = "audit_tree"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_tree_one")]


class Tile(models.Model):
    """256 hashes of one level of the tree, as C2SP tlog-tiles cuts it. Only full tiles are here."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "audit_tile"


class Checkpoint(models.Model):
    """A signed statement of the whole log at one size. There is never a second of the same size."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.BinaryField()
    made_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        db_table = "audit_checkpoint"


class Cosignature(models.Model):
    """What a witness signed below a checkpoint: the line of the note."""

    pk = models.CompositePrimaryKey("size", "witness")
    size = models.BigIntegerField()
    witness = models.CharField(max_length=200)
    line = models.CharField(max_length=400)
    made_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        db_table = "audit_cosignature"


class Removed(models.Model):
    """An event that was removed lawfully, and the event of its removal. Ids only."""

    event = models.UUIDField(primary_key=True)
    removal = models.UUIDField()

    class Meta:
        db_table = "audit_removed"
        indexes = [models.Index(fields=["removal"], name="audit_removed_removal")]


class Keeping(models.Model):
    """How long events are kept for one purpose. The newest row of a purpose binds; none is changed.

    Without ``months`` they are kept as long as the record that they are about.
    """

    class Purpose(models.TextChoices):
        """Two purposes, declared apart (CNIL 2021-122; GDPR 15 and CJEU C-579/21)."""

        SECURITY = "security", _("Security log")
        OWN_RECORD = "own_record", _("The client’s own record of who saw what")

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    months = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    set_at = models.DateTimeField(db_default=ClockTimestamp())
    set_by = models.UUIDField(null=True)

    class Meta:
        db_table = "audit_keeping"
        ordering = ["-id"]
