"""A disclosure: the request, its words, what is to leave, and the delivery to the recipient."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Complaint, Contact
from disclosures.querysets import DisclosureQuerySet
from vault.sealed import Sealed, SealedModel
from volunteers.models import Branch, Person


class Ground(models.TextChoices):
    """The only three grounds (P7)."""

    LAW = "law", _("The law or a court order requires it")
    PUBLIC_INTEREST = "public_interest", _("The wider public interest justifies it")
    COMPLAINT = "complaint", _("It answers the client's formal complaint")


class State(models.TextChoices):
    """Where a disclosure stands. What may follow is in ``workflow.py`` and in a trigger."""

    DRAFT = "draft", _("Being prepared")
    ASKED = "asked", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", pgettext_lazy("disclosure", "Refused")
    RELEASED = "released", _("Released")
    RECEIVED = "received", _("Received")
    CANCELLED = "cancelled", _("Cancelled")


class Consent(models.TextChoices):
    """The client's will about this disclosure (P6)."""

    GIVEN = "given", _("The client agrees")
    REFUSED = "refused", _("The client does not agree")
    NOT_SOUGHT = "not_sought", _("The client could not be asked")


class Disclosure(models.Model):
    """A request to let information out, exceptionally, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="disclosures")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12, unique=True)
    ground = models.CharField(_("ground"), max_length=16, choices=Ground)
    # The complaint that it answers, which closes it to whom the complaint is about.
    complaint = models.ForeignKey(Complaint, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    consent = models.CharField(_("consent"), max_length=10, choices=Consent, blank=True)
    discussed_on = models.DateField(_("discussed on"), null=True, blank=True)
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())
    asked_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_on_hash = models.BinaryField(null=True)
    released_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["branch", "state"], name="disclosure_branch_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("requested_by")),
                name="disclosure_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "asked", "cancelled"])
                | models.Q(
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    decided_on_hash__isnull=False,
                ),
                name="disclosure_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["released", "received"])
                | models.Q(released_by__isnull=False, released_at__isnull=False),
                name="disclosure_released_by_somebody",
            ),
        ]


class DisclosureWords(SealedModel):
    """The words of a disclosure: recipient, need, discussion, consent, reasons."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="words")
    recipient = Sealed()
    recipient_function = Sealed()
    recipient_reach = Sealed()
    need = Sealed()
    ground_details = Sealed()
    discussion = Sealed()
    consent_words = Sealed()
    why_no_consent = Sealed()


class DisclosureOutcome(SealedModel):
    """The words of those who decided, or cancelled. Apart: a decision does not change its object."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="outcome")
    decision_reason = Sealed()
    cancel_reason = Sealed()


class DisclosureItem(SealedModel):
    """One contact chosen to leave, and why it is needed (P8)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="items")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    chosen = models.BooleanField(default=True)
    why = Sealed()


class Delivery(models.Model):
    """The package for the recipient. Its key is wrapped by the passphrase, which nobody keeps."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="delivery")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    file = models.UUIDField()
    size = models.PositiveIntegerField()
    salt = models.BinaryField()
    wrapped_key = models.BinaryField()
    sha256 = models.BinaryField()  # of the sealed file
    language = models.CharField(max_length=2)
    made_at = models.DateTimeField(db_default=functions.Now())
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=5)
    opened_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
