"""Invitations: a code on paper with which somebody joins."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from volunteers.models.accounts import LANGUAGES
from volunteers.models.people import Branch, DutyKind, Person


class Invitation(models.Model):
    """An invitation to one duty. Its code is kept only as the hash of a principal."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("duty"), max_length=16, choices=DutyKind)
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField(db_default=functions.Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["-made_at"]
