"""Opening a record that one has no assignment for: coded reason, short time, always reviewed."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.misplaced import Misplaced
from clients.models.records import Client, asks
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person


class EmergencyReason(models.TextChoices):
    """Why a record is opened in an emergency."""

    DANGER = "danger", _("Somebody may come to harm now")
    CALL = "call", _("The person is calling, and nobody of theirs can be reached")
    MISSED = "missed", _("A visit or call was missed, and we are worried")


class Outcome(models.TextChoices):
    """What a review finds."""

    JUSTIFIED = "justified", _("It was right to open the record")
    MISUSE = "misuse", _("It should not have been opened")


class EmergencyQuerySet(models.QuerySet):
    """Named reads of emergencies."""

    def live(self) -> EmergencyQuerySet:
        """Emergencies through which something can be read now."""
        return self.filter(ends_at__gt=functions.Now())

    def to_review(self) -> EmergencyQuerySet:
        """Emergencies that nobody has reviewed."""
        return self.filter(reviewed_at=None).order_by("review_due_at")

    def overdue(self) -> EmergencyQuerySet:
        """Not reviewed within 72 hours."""
        return self.to_review().filter(review_due_at__lte=functions.Now())

    def without_words(self) -> EmergencyQuerySet:
        """Nobody has said in words why."""
        return self.filter(words_at=None).order_by("words_due_at")

    def with_rights(self) -> EmergencyQuerySet:
        """Each with ``is_reviewer`` and ``is_reader``: whether the asker decides on it, reads its words."""
        return self.annotate(
            is_reviewer=asks("sec.may_review"), is_reader=asks("sec.may_read_emergency")
        )

    def for_review(self) -> EmergencyQuerySet:
        """Those that wait for a review by the asker, the first due first."""
        return self.to_review().with_rights().filter(is_reviewer=True)


class Emergency(Kept):
    """One opening of one record. Made, widened, ended and reviewed by definer functions only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="emergencies")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by_coordinator = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=10, choices=EmergencyReason)
    opened_at = models.DateTimeField(db_default=functions.Now())
    rest_opened_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()
    words_due_at = models.DateTimeField()
    words_at = models.DateTimeField(null=True)
    review_due_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        verbose_name_plural = "emergencies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None, reviewed_at=None, outcome="")
                | models.Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                & ~models.Q(outcome="")
                & ~models.Q(reviewed_by=models.F("person")),
                name="emergency_reviewed_by_another",
            ),
        ]


class EmergencyEntry(SealedModel):
    """Words about an emergency, under a key of its own: why, and what the review says. Never changed."""

    subject_attribute = "emergency_id"

    class Kind(models.TextChoices):
        """What the words are."""

        WORDS = "words", _("Why the record was opened")
        REVIEW = "review", _("Review")

    emergency = models.ForeignKey(Emergency, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    text = Sealed()

    class Meta:
        ordering = ["made_at"]


class Breach(Kept):
    """A plain record that something may have been a breach, until the register of breaches comes.

    It stays, and leads to nobody, once the record in which it happened is erased (GDPR 33(5)).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    emergency = models.ForeignKey(
        Emergency, null=True, on_delete=models.PROTECT, related_name="breaches"
    )
    misplaced = models.ForeignKey(
        Misplaced, null=True, on_delete=models.PROTECT, related_name="breaches"
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=functions.Now())
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opened_at"]
        verbose_name_plural = "breaches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(emergency__isnull=True) | models.Q(misplaced__isnull=True),
                name="breach_of_one",
            ),
        ]
