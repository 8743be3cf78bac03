"""Explaining the policy to a client (P4, P10, P14), and enquiries that need no record."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person, PolicyVersion
from volunteers.models.accounts import LANGUAGES


class Channel(models.TextChoices):
    """How a contact happened."""

    PHONE = "phone", _("Phone call")
    VISIT = "visit", _("Visit at home")
    HOSPITAL = "hospital", _("Visit in hospital")
    MEETING = "meeting", _("Meeting at the branch")
    MESSAGE = "message", _("Message or chat")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    DRIVE = "drive", _("Drive or errand")
    OTHER = "other", _("Other")


class Answer(models.TextChoices):
    """What the client said to a record on a computer."""

    YES = "yes", _("Yes, a record may be kept")
    PSEUDONYM = "pseudonym", _("Only under a pseudonym")
    NO_RECORD = "no_record", _("No record at all")


class Explanation(Kept):
    """That the policy was explained, or why it could not be."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="explanations")
    given = models.BooleanField(_("explained"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    happened_on = models.DateField(_("date"))
    version = models.ForeignKey(PolicyVersion, null=True, on_delete=models.PROTECT)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                # Without an answer where the client wants no record: that is an agreement refused.
                condition=models.Q(given=True, answer__in=["", "yes", "pseudonym"])
                | models.Q(given=False, answer=""),
                name="explanation_has_answer",
            ),
        ]


class ExplanationWords(SealedModel):
    """Where it was explained, what the client said, or why it could not be."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    explanation = models.OneToOneField(Explanation, on_delete=models.PROTECT, related_name="words")
    where = Sealed()
    words = Sealed()
    why_not = Sealed()


class Enquiry(models.Model):
    """A call or message that needs no record of a person: no name, nothing that leads to one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="enquiries")
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    happened_on = models.DateField(_("date"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    wanted_no_record = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        ordering = ["-happened_on"]
        verbose_name_plural = "enquiries"
