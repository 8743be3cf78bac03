"""How long what is kept: the schedule that a president adopts, and records that are kept longer."""

from __future__ import annotations

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from vault.sealed import Sealed, SealedModel
from volunteers.models import Person


class Schedule(models.Model):
    """One version of the schedule: a draft until a president adopts it, and then never changed.

    ``periods`` has months and the reason in each language for each kind of data
    (``rights/retention/periods.json``). By definer functions only.
    """

    number = models.PositiveIntegerField(primary_key=True)
    periods = models.JSONField()
    drafted_at = models.DateTimeField(db_default=functions.Now())
    drafted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    adopted_on = models.DateField(_("adopted on"), null=True)
    adopted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(adopted_on=None, adopted_by=None)
                | models.Q(adopted_on__isnull=False, adopted_by__isnull=False),
                name="schedule_adopted_by_somebody",
            ),
        ]


class LongerKept(SealedModel):
    """That a record is kept until a day although its time is over, and why. The latest row counts.

    ``until`` None takes the one before back.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="kept_longer")
    until = models.DateField(_("until"), null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    text = Sealed()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["client", "-made_at"], name="longerkept_client")]
