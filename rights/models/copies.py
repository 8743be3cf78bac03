"""Copies of a record: what the team prepares, and the exports made for clients."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Contact
from rights.models.requests import SubjectRequest
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person
from volunteers.models.accounts import LANGUAGES


class CopyReason(models.TextChoices):
    """Why the team prepares a copy for a client."""

    ASKED = "asked", _("The client asked for it, and has no space of their own or does not use it")
    PROXY = "proxy", _("Somebody who may act for the client asked for it")
    REQUEST = "request", _("It answers a request about their data (Art. 15)")


class CopyWay(models.TextChoices):
    """How a prepared copy reaches the client."""

    HAND = "hand", _("Handed over in person")
    POST = "post", _("Sent by post, as the safe contact allows")


class CopyState(models.TextChoices):
    """Where a prepared copy stands."""

    PREPARED = "prepared", _("Being prepared")
    SENT = "sent", _("Waits for somebody else to release it")
    RELEASED = "released", pgettext_lazy("copy", "Released")
    REFUSED = "refused", pgettext_lazy("copy", "Not released")
    ENDED = "ended", pgettext_lazy("copy", "Given up")


class PreparedCopyQuerySet(models.QuerySet):
    """Named reads of prepared copies."""

    def with_reference(self) -> PreparedCopyQuerySet:
        """Each with ``ref``, the client's reference, for whoever sees the copy and not the record."""
        ref = models.Func("pk", function="sec.reference_of_copy", output_field=models.CharField())
        return self.annotate(ref=ref)

    def waiting(self) -> PreparedCopyQuerySet:
        """Those that wait for a release by the asker."""
        may = models.Func("pk", function="sec.may_release_copy", output_field=models.BooleanField())
        return self.filter(state=CopyState.SENT).alias(may=may).filter(may=True).order_by("sent_at")


class PreparedCopy(Kept):
    """A copy that one of the team prepares for a client, and somebody else releases (decision 64).

    Written by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="prepared_copies")
    request = models.ForeignKey(
        SubjectRequest, null=True, on_delete=models.PROTECT, related_name="copies"
    )
    reason = models.CharField(_("reason"), max_length=8, choices=CopyReason)
    way = models.CharField(_("how it reaches the client"), max_length=8, choices=CopyWay)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    large = models.BooleanField(_("in large print"), default=False)
    state = models.CharField(max_length=8, choices=CopyState, default=CopyState.PREPARED)
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(db_default=functions.Now())
    # When the record was read for it: what was written since, nobody has looked at.
    read_at = models.DateTimeField(null=True)
    # How many writes the log knew then: one that began before and was committed later bears an earlier time.
    read_writes = models.PositiveIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    # What whoever releases it sees of it: how much there is, and how much of it is not given.
    contacts = models.PositiveIntegerField(null=True)
    left_out = models.PositiveIntegerField(null=True)
    struck = models.PositiveIntegerField(null=True)
    released_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = PreparedCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-prepared_at"]
        verbose_name_plural = "prepared copies"
        indexes = [models.Index(fields=["state"], name="preparedcopy_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(released_by=models.F("prepared_by")),
                name="preparedcopy_two_persons",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="released")
                | models.Q(released_by__isnull=False, released_at__isnull=False),
                name="preparedcopy_released_by_somebody",
            ),
        ]


class LeftOutReason(models.TextChoices):
    """Why something is not given to the client (GDPR 15(4), 23)."""

    OTHERS = "others", _("It is about another person")
    SOURCE = "source", _("It says who told us in confidence")
    FORBIDDEN = "forbidden", _("A law or an authority forbids telling it now")


class LeftOut(SealedModel):
    """What a prepared copy does not give: a contact, or a passage wherever it stands; and why."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    copy = models.ForeignKey(PreparedCopy, on_delete=models.PROTECT, related_name="items")
    # None: a passage.
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=LeftOutReason)
    passage = Sealed()


class ExportState(models.TextChoices):
    """Where an export stands."""

    QUEUED = "queued", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("No longer kept")


class Export(models.Model):
    """A ZIP of everything that is held about a client, made by the worker, sealed on disk."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="exports")
    # The team's copy that it makes; None where the client asked in their space.
    prepared = models.OneToOneField(
        PreparedCopy, null=True, on_delete=models.PROTECT, related_name="export"
    )
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=2)
    file = models.UUIDField(null=True)
    size = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(db_default=functions.Now())
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken = models.PositiveSmallIntegerField(default=0, db_default=0)  # how often, by the team

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            # However often the button is pressed, one waits.
            models.UniqueConstraint(
                fields=["client"],
                condition=models.Q(state="queued", prepared=None),
                name="export_one_waiting",
            ),
        ]
