"""A contact that was noted on the wrong client, and was taken out: that it happened, and who had seen it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models.contacts import Contact
from clients.models.records import Client
from vault.sealed import Kept
from volunteers.models import Person


class Misplaced(Kept):
    """What is left of it in the wrong record, beside the contact's date. Says nothing of the right client.

    Made by a definer function only, which counts by role who could read the contact in between, without
    whoever wrote it and whoever took it out.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="misplaced")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())
    seen_by_volunteers = models.PositiveSmallIntegerField(_("volunteers"))
    seen_by_coordinators = models.PositiveSmallIntegerField(_("coordinators"))
    seen_by_others = models.PositiveSmallIntegerField(_("others"))
    seen_by_client = models.BooleanField()

    class Meta:
        ordering = ["-made_at"]
        verbose_name_plural = "misplaced"
