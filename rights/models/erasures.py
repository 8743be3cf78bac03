"""Erasures: the decision to destroy a record, how far it has come, and the lines of the ledger."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client
from rights.models.requests import ReceivedBy
from vault.sealed import Kept
from volunteers.models import Branch, Person


class ErasureGround(models.TextChoices):
    """Why a record is erased."""

    REQUEST = "request", _("The client asked for it (Art. 17)")
    NO_AGREEMENT = "no_agreement", _("The client does not agree to a record, or no longer")
    TIME_OVER = "time_over", _("The time for which it may be kept is over")
    MISTAKE = "mistake", _("The record should never have been made")
    # Of a line of the ledger that a restored database did not know.
    REPLAYED = "replayed", _("It was erased before, and came back with a backup")


class ErasureState(models.TextChoices):
    """Where an erasure stands. From ``begun`` on nobody can take it back."""

    PROPOSED = "proposed", _("Waits for a decision")
    DECIDED = "decided", _("Decided")
    REFUSED = "refused", pgettext_lazy("erasure", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("erasure", "Taken back")
    BEGUN = "begun", _("The record is closed; the ledger is written next")
    LINED = "lined", _("The ledger is written; the keys are destroyed next")
    KEYLESS = "keyless", _("The keys are destroyed; what is left of the record goes")
    DONE = "done", pgettext_lazy("erasure", "Done")


UNDECIDED = (ErasureState.PROPOSED, ErasureState.DECIDED)
GOING = (ErasureState.BEGUN, ErasureState.LINED, ErasureState.KEYLESS)


class ErasureQuerySet(models.QuerySet):
    """Named reads of erasures."""

    def standing(self) -> ErasureQuerySet:
        """Those that are proposed, decided or under way."""
        return self.filter(state__in=(*UNDECIDED, *GOING))

    def with_reference(self) -> ErasureQuerySet:
        """Each with ``ref``, the client's reference, for whoever decides and does not see the record."""
        text = models.CharField()
        return self.annotate(
            ref=models.Func("pk", function="sec.reference_of_erasure", output_field=text)
        )

    def to_decide(self) -> ErasureQuerySet:
        """Those that wait for a decision of the asker, the oldest first."""
        yes_no = models.BooleanField()
        may = models.Func("pk", function="sec.may_decide_erasure", output_field=yes_no)
        waiting = self.filter(state=ErasureState.PROPOSED).alias(may=may)
        return waiting.filter(may=True).order_by("proposed_at")


class Erasure(Kept):
    """One record that goes, whole. Written by definer functions only (decision 68).

    ``client`` is NULL once it has gone: what stays says that some record was erased, when, on which ground
    and by whom, and its ``number`` leads to the line of the ledger.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="erasures")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("why"), max_length=12, choices=ErasureGround)
    state = models.CharField(max_length=10, choices=ErasureState, default=ErasureState.PROPOSED)
    # NULL for what a restored backup brought back: nobody decides that anew.
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=functions.Now())
    # The pause to think; the client can say that they need none.
    not_before = models.DateTimeField()
    waived_at = models.DateTimeField(null=True)
    waived_how = models.CharField(max_length=8, choices=ReceivedBy, null=True)  # noqa: DJ001
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        indexes = [models.Index(fields=["branch", "state"], name="erasure_branch")]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=models.Q(state__in=["proposed", "decided", "begun", "lined", "keyless"]),
                name="erasure_one",
            ),
            models.CheckConstraint(
                condition=models.Q(client__isnull=False)
                | models.Q(state__in=["done", "refused", "withdrawn"]),
                name="erasure_of_somebody",
            ),
        ]


class ErasureLine(models.Model):
    """A line of the erasure ledger, as the file beside the database has it.

    ``record`` is the SHA-256 of the sixteen bytes of the record's id. It is random, so that nobody finds
    the id from it; whoever still has the id, in a backup or on a certificate, finds the line.
    """

    number = models.PositiveIntegerField(primary_key=True)
    record = models.BinaryField()
    on = models.DateField()
    note = models.BinaryField()
    written_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["record"], name="erasureline_record")]
