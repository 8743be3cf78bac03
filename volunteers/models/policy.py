"""The code of confidentiality: its versions, their texts, and the undertakings signed under them."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from vault.sealed import Kept
from volunteers.models.accounts import LANGUAGES
from volunteers.models.people import Person


class PolicyVersion(models.Model):
    """The code as adopted on a date (P17). A material change asks for new signatures."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    material = models.BooleanField(_("material change"), default=True)
    drafted_at = models.DateTimeField(auto_now_add=True)
    drafted_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="drafted_versions"
    )
    adopted_on = models.DateField(_("adopted on"), null=True)
    adopted_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="adopted_versions"
    )
    # From this day on, whoever has not signed it is shut out.
    closes_on = models.DateField(_("to be signed before"), null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(adopted_on=None, adopted_by=None)
                | models.Q(adopted_on__isnull=False, adopted_by__isnull=False),
                name="policyversion_adopted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(adopted_on=None, closes_on=None)
                | models.Q(closes_on__gte=models.F("adopted_on")),
                name="policyversion_closes_once_adopted",
            ),
        ]


class PolicyText(models.Model):
    """The text of one version in one language."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=2, choices=LANGUAGES)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="policytext_language"),
        ]


class Undertaking(Kept):
    """A signature under one text of the code (P2, P3). Added by a definer function, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="undertakings")
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="undertakings"
    )
    language = models.CharField(max_length=2, choices=LANGUAGES)
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    signed_in_at = models.DateTimeField()

    class Meta:
        ordering = ["-signed_at"]
        indexes = [models.Index(fields=["person", "version"], name="undertaking_person")]
