"""Visits that somebody makes alone: where they are, for one buddy, and only when there is an alarm."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vault.sealed import Sealed, SealedModel
from volunteers.models import Branch, Person

GRACE = timedelta(minutes=15)  # as sec.is_alarming() has it


class LoneVisitQuerySet(models.QuerySet):
    """Named reads of lone visits."""

    def out(self) -> LoneVisitQuerySet:
        """Visits from which nobody has come back yet, with the names of both."""
        return self.filter(safe_at=None).select_related("person", "buddy")

    def around(self, person: UUID | None) -> LoneVisitQuerySet:
        """Those of somebody who is out, or is somebody's buddy: the first due first."""
        mine = models.Q(person_id=person) | models.Q(buddy_id=person)
        return self.out().filter(mine).order_by("until")


class LoneVisit(models.Model):
    """That somebody is out alone until a time. Made, ended and sounded by definer functions only.

    It alarms when one of the two says so, or by itself some minutes after ``until``.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lone_visits")
    buddy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(db_default=functions.Now())
    until = models.DateTimeField(_("back by"))
    alarm_at = models.DateTimeField(null=True)
    safe_at = models.DateTimeField(null=True)

    objects = LoneVisitQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["person"], name="lonevisit_person"),
            models.Index(fields=["buddy"], name="lonevisit_buddy"),
        ]

    @property
    def is_late(self) -> bool:
        """Whether the time is over without a word."""
        return self.safe_at is None and self.until <= timezone.now()

    @property
    def alarms(self) -> bool:
        """Whether the buddy may open the place now; the database decides by the same rule."""
        late = self.until < timezone.now() - GRACE
        return self.safe_at is None and (self.alarm_at is not None or late)


class LoneVisitPlace(SealedModel):
    """Where the visit is, under a key of its own. Both are destroyed when the person is safe."""

    subject_attribute = "visit_id"

    visit = models.OneToOneField(LoneVisit, on_delete=models.PROTECT, related_name="place_row")
    where = Sealed()
    remarks = Sealed()
