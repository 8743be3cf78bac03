"""Visits that somebody makes alone: where they are, for one buddy, and only when there is an alarm."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from vault.sealed import Sealed, SealedModel
from volunteers.models import Branch, Person


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

    class Meta:
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["person"], name="lonevisit_person"),
            models.Index(fields=["buddy"], name="lonevisit_buddy"),
        ]


class LoneVisitPlace(SealedModel):
    """Where the visit is, under a key of its own. Both are destroyed when the person is safe."""

    subject_attribute = "visit_id"

    visit = models.OneToOneField(LoneVisit, on_delete=models.PROTECT, related_name="place_row")
    where = Sealed()
    remarks = Sealed()
