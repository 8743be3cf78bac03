"""What the client says to a record, and to information about their health in it (GDPR 9(2)(a), 7)."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models.explanations import Channel
from clients.models.records import AgreementAnswer, Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person
from volunteers.models.accounts import LANGUAGES


class Quality(models.TextChoices):
    """Who gave the answer."""

    SELF = "self", _("The client")
    PARENT = "parent", _("Whoever has parental authority")
    GUARDIAN = "guardian", _("Whoever represents the client by law (guardian, mandate)")
    NOBODY = "nobody", _("Nobody could: kept to protect the client’s life (Art. 9(2)(c))")


class Basis6(models.TextChoices):
    """On which ground of Art. 6 the record is kept, apart from the agreement about health."""

    INTEREST = "interest", _("Legitimate interest: the support that was asked for (6(1)(f))")
    CONSENT = "consent", _("Consent (6(1)(a))")
    VITAL = "vital", _("Vital interests (6(1)(d))")


class Agreement(Kept):
    """One answer. The latest binds; none is ever changed. Made by a definer function only.

    ``wording`` is the version of the words that were said (``clients/records/agreement_words.py``).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="agreements")
    answer = models.CharField(_("answer"), max_length=10, choices=AgreementAnswer)
    quality = models.CharField(max_length=8, choices=Quality, default=Quality.SELF)
    basis = models.CharField(max_length=8, choices=Basis6, default=Basis6.INTEREST)
    wording = models.PositiveSmallIntegerField()
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    # Under which number what is needed is written on paper instead, after a no.
    paper = models.CharField(_("paper file"), max_length=12, blank=True)
    happened_on = models.DateField(_("date"))
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["client", "-made_at"], name="agreement_client")]


class AgreementWords(SealedModel):
    """What was said, who gave the answer for the client, and what proves that they may."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    agreement = models.OneToOneField(Agreement, on_delete=models.PROTECT, related_name="said")
    words = Sealed()
    who = Sealed()
    proof = Sealed()
