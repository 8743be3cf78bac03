"""When a client is shown names in their log."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from vault.sealed import Kept
from volunteers.models import Person


class NamesReason(models.TextChoices):
    """Why a client is told who looked, and not only in which role (CJEU C-579/21)."""

    DOUBT = "doubt", _("The client has reasons to doubt that a look was lawful")
    CONTEST = "contest", _("The client contests what somebody did, and needs to know who")
    COURT = "court", _("A court or an authority asks for it")


class NamesDecision(Kept):
    """The data-protection lead's decision that a client sees names in their log, until a day.

    Made and ended by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="names_decisions")
    reason = models.CharField(_("reason"), max_length=8, choices=NamesReason)
    until = models.DateField(_("until"))
    made_at = models.DateTimeField(db_default=functions.Now())
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["client", "until"], name="namesdecision_client")]
