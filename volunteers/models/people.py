"""The people who serve, and their duties."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models.accounts import LANGUAGES, User
from volunteers.models.association import Branch

if TYPE_CHECKING:
    from volunteers.models.departures import Departure


class Person(models.Model):
    """Somebody who serves. Colleagues see the working name; private details are sealed apart."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.PROTECT)
    reference = models.CharField(max_length=12, unique=True)
    working_name = models.CharField(_("working name"), max_length=60)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["working_name"]

    def __str__(self) -> str:
        return self.working_name

    @property
    def departure(self) -> Departure | None:
        """The departure of somebody who has left and not come back."""
        return self.departures.lasting().first()


class PersonDetails(SealedModel):
    """A person's private details: for the person and the coordinator of the branch."""

    subject_attribute = "person_id"

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="details")
    full_name = Sealed()
    phone = Sealed()
    address = Sealed()
    in_case_of_emergency = Sealed()


class DutyKind(models.TextChoices):
    """What somebody does in the association."""

    VOLUNTEER = "volunteer", _("Volunteer")
    COORDINATOR = "coordinator", _("Coordinator")
    PRESIDENT = "president", _("President")
    PROTECTION = "protection", _("Data-protection lead")
    ADMINISTRATOR = "administrator", _("Administrator")
    RESPONDER = "responder", _("Listens to colleagues")


OF_A_BRANCH = frozenset({DutyKind.VOLUNTEER, DutyKind.COORDINATOR, DutyKind.RESPONDER})


class DutyQuerySet(models.QuerySet):
    """Named reads of duties."""

    def minuted_since(self, moment: datetime | models.Expression) -> DutyQuerySet:
        """Offices that the board gave since then, the latest first."""
        given = self.filter(minuted_on__isnull=False, starts_at__gte=moment)
        return given.order_by("-starts_at")

    def live(self) -> DutyQuerySet:
        """Duties that bind now."""
        now = functions.Now()
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=now), starts_at__lte=now)


class Duty(Kept):
    """A person's duty, in a branch or for the whole association. Changed by definer functions only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=16, choices=DutyKind)
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="duties")
    starts_at = models.DateTimeField(db_default=functions.Now())
    ends_at = models.DateTimeField(null=True)
    appointed_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="appointments"
    )
    # Of an office that the board gave, by somebody at the server: its minute.
    minuted_on = models.DateField(null=True)
    minute = models.CharField(max_length=60, blank=True, db_default="")

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties"
        indexes = [models.Index(fields=["person", "kind"], name="duty_person_kind")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=["volunteer", "coordinator", "responder"], branch__isnull=False
                )
                | models.Q(kind__in=["president", "protection", "administrator"], branch=None),
                name="duty_branch_where_needed",
            ),
            models.CheckConstraint(
                condition=models.Q(minuted_on=None, minute="")
                | models.Q(minuted_on__isnull=False) & ~models.Q(minute=""),
                name="duty_minute_whole",
            ),
        ]


class DutyRule(models.Model):
    """Which two duties one person may not hold together, and why. Read by a trigger."""

    first = models.CharField(max_length=16, choices=DutyKind)
    second = models.CharField(max_length=16, choices=DutyKind)
    why = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="dutyrule_pair"),
        ]
