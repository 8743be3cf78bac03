"""The association and its branches, as they speak of themselves: public text, about no client."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from volunteers.models.accounts import LANGUAGES


class Spoken(models.Model):
    """Has texts in each language, in columns that end in ``_en`` and ``_fr``."""

    class Meta:
        abstract = True

    def said(self, name: str, language: str | None = None) -> str:
        """The text ``name`` in this language, by default the reader's; another's where it is missing."""
        first = (language or get_language() or "fr")[:2]
        codes = sorted((code for code, _ in LANGUAGES), key=lambda code: code != first)
        return next(filter(None, (getattr(self, f"{name}_{code}") for code in codes)), "")


class Association(Spoken):
    """The association that this installation serves: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(max_length=200, blank=True, db_default="")
    phone = models.CharField(max_length=30, blank=True, db_default="")
    hours_en = models.CharField(max_length=120, blank=True, db_default="")
    hours_fr = models.CharField(max_length=120, blank=True, db_default="")
    about_en = models.CharField(max_length=300, blank=True, db_default="")
    about_fr = models.CharField(max_length=300, blank=True, db_default="")
    rna = models.CharField(max_length=10, blank=True, db_default="")
    siren = models.CharField(max_length=9, blank=True, db_default="")
    publisher = models.CharField(max_length=120, blank=True, db_default="")
    host_name = models.CharField(max_length=120, blank=True, db_default="")
    host_address = models.CharField(max_length=200, blank=True, db_default="")
    host_phone = models.CharField(max_length=30, blank=True, db_default="")
    # The lead's name is that of whoever holds the duty; the number is the association's to give.
    lead_phone = models.CharField(max_length=30, blank=True, db_default="")
    # What the association has made sure of: no one else can say it for it.
    within_eu = models.BooleanField(db_default=False)
    portal_name_en = models.CharField(max_length=60)
    portal_name_fr = models.CharField(max_length=60)
    quick_exit_url = models.URLField(_("page for leaving quickly"), max_length=200)
    # Written by the database: a notice that was published before says other things.
    changed_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="association_one")]

    def __str__(self) -> str:
        return self.name


class Branch(Spoken):
    """A local office. A client belongs to one branch at a time."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=80)
    phone = models.CharField(max_length=30, blank=True, db_default="")
    hours_en = models.CharField(max_length=120, blank=True, db_default="")
    hours_fr = models.CharField(max_length=120, blank=True, db_default="")
    address = models.CharField(max_length=200, blank=True, db_default="")
    reach_en = models.CharField(max_length=200, blank=True, db_default="")
    reach_fr = models.CharField(max_length=200, blank=True, db_default="")
    legal_body = models.BooleanField(_("a legal body of its own"), db_default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PrivacyNotice(models.Model):
    """The privacy notice as it was published (GDPR 13, 14): added by the president, never changed."""

    number = models.PositiveIntegerField(primary_key=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("volunteers.Person", on_delete=models.PROTECT)
    text_en = models.TextField()
    text_fr = models.TextField()

    class Meta:
        ordering = ["-number"]
