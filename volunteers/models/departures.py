"""Leaving the association, and asking a colleague to listen."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from vault.sealed import Kept
from volunteers.models.people import Duty, DutyKind, Person


class Reminder(models.TextChoices):
    """What became of the reminder that the undertaking outlives the service (P3)."""

    PENDING = "pending", _("Not given yet")
    SIGNED = "signed", _("Signed")
    REFUSED = "refused", _("Signature refused")


class DepartureQuerySet(models.QuerySet):
    """Named reads of departures."""

    def lasting(self) -> DepartureQuerySet:
        """Of those who have not come back."""
        return self.filter(returned_at=None)


class Departure(Kept):
    """That somebody left, in one act; ``returned_at``, if they came back as the same person. Written by
    definer functions only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="departures")
    left_at = models.DateTimeField(db_default=functions.Now())
    returned_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reminder = models.CharField(max_length=10, choices=Reminder, default=Reminder.PENDING)
    reminded_at = models.DateTimeField(null=True)
    reminded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DepartureQuerySet.as_manager()

    class Meta:
        ordering = ["-left_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(returned_at=None), name="departure_one"
            ),
        ]


class Haste(models.TextChoices):
    """How soon somebody would like to talk."""

    TODAY = "today", _("Today, if possible")
    WEEK = "week", _("This week")
    WHENEVER = "whenever", _("There is no hurry")


class How(models.TextChoices):
    """How somebody would like to talk."""

    PHONE = "phone", _("By telephone")
    MEET = "meet", _("Face to face")


class TalkQuerySet(models.QuerySet):
    """Named reads of requests to talk."""

    def waiting(self) -> TalkQuerySet:
        """Requests that nobody has answered and that were not taken back."""
        rows = self.filter(answered_at=None, withdrawn_at=None)
        return rows.select_related("person", "responder").order_by("made_at")

    def waiting_for(self, person: UUID | None) -> TalkQuerySet:
        """What somebody asked and nobody answered; ``listens``: whether whoever was asked still does."""
        duties = Duty.objects.live().filter(
            person=models.OuterRef("responder"), kind=DutyKind.RESPONDER
        )
        return self.waiting().filter(person_id=person).annotate(listens=models.Exists(duties))


class TalkRequest(models.Model):
    """ "I need to talk": a named colleague is asked to listen. Holds no words, so nothing of a client."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="talk_requests")
    responder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("how"), max_length=10, choices=How)
    haste = models.CharField(_("how soon"), max_length=10, choices=Haste)
    made_at = models.DateTimeField(db_default=functions.Now())
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = TalkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
