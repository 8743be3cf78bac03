"""A disclosure: the request, its words, what is to leave, and the delivery to the recipient."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Channel, Client, Complaint, Contact, Statement
from disclosures.querysets import DisclosureQuerySet
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person

DRAFT_LASTS = timedelta(days=14)  # the database says the same


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
    # The client took back the yes on which it rests (``Will``).
    STOPPED = "stopped", _("Stopped by the client")
    RECALLED = "recalled", _("Recalled")


class Consent(models.TextChoices):
    """The client's will about this disclosure (P6)."""

    GIVEN = "given", _("The client agrees")
    REFUSED = "refused", _("The client does not agree")
    NOT_SOUGHT = "not_sought", _("The client could not be asked")


class Said(models.TextChoices):
    """What the client says of it later, as a dated event of its own."""

    GIVEN = "given", _("The client agrees")
    WITHDRAWN = "withdrawn", _("The client takes back their yes")


class Detail(models.TextChoices):
    """One field of who the client is, or of how to reach them, that can be picked by itself (P8)."""

    NAME = "name", _("Name")
    KNOWN_AS = "known_as", _("Known as")
    BORN_ON = "born_on", _("Date of birth")
    ADDRESS = "address", _("Address")
    PHONE = "phone", _("Telephone")
    OTHER_PHONE = "other_phone", _("Other telephone")
    TIMES = "times", _("Good times to call")
    ASK_FOR = "ask_for", _("Whom to ask for")


class Untold(models.TextChoices):
    """Why the client is not told of what was released without their yes, for the time being."""

    FORBIDDEN = "forbidden", _("A law or an authority forbids telling them")
    HARM = "harm", _("Telling them would do serious harm, to them or to somebody else")


class Disclosure(Kept):
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
    # Kept from the client until somebody decides again, at the latest looked at on that day.
    untold = models.CharField(max_length=10, choices=Untold, blank=True)
    look_again_on = models.DateField(null=True)
    # Each field of the cover is picked. Not said of requests from before: their cover has name and birth.
    picked = models.BooleanField(null=True)

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
                condition=models.Q(untold="", look_again_on__isnull=True)
                | ~models.Q(untold="")
                & ~models.Q(consent="given")
                & models.Q(look_again_on__isnull=False),
                name="disclosure_untold_until",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "asked", "cancelled", "stopped"])
                | models.Q(
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    decided_on_hash__isnull=False,
                ),
                name="disclosure_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["released", "received", "recalled"])
                | models.Q(released_by__isnull=False, released_at__isnull=False),
                name="disclosure_released_by_somebody",
            ),
        ]

    @property
    def draft_until(self) -> datetime:
        """When it ends by itself unless it was sent."""
        return self.made_at + DRAFT_LASTS


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


class Will(SealedModel):
    """What the client said later: takes back their yes, or agrees again. The request has the first word.

    Without a disclosure it is about all that was asked before it. The database stops what rests on that
    yes in the same statement, whoever writes the row and whatever they may see. Without ``by``, and
    without ``channel``, the client wrote it in their own space.
    """

    unbound: ClassVar[Mapping[str, str]] = {
        "made_at": "Written by the database, once it holds what the row stops."
    }

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    disclosure = models.ForeignKey(
        Disclosure, null=True, on_delete=models.PROTECT, related_name="will"
    )
    said = models.CharField(max_length=10, choices=Said)
    channel = models.CharField(_("how"), max_length=10, choices=Channel, blank=True)
    happened_on = models.DateField(_("date"))
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())
    words = Sealed()

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["client", "-made_at"], name="will_client")]


class DisclosureOutcome(SealedModel):
    """The words of those who decided, or cancelled. Apart: a decision does not change its object."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="outcome")
    decision_reason = Sealed()
    untold_why = Sealed()
    cancel_reason = Sealed()


class DisclosureItem(SealedModel):
    """One contact chosen to leave, and why it is needed (P8)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="items")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    chosen = models.BooleanField(default=True)
    why = Sealed()
    strike = Sealed()  # what is struck out of the note, a word or a phrase a line
    parts = Sealed(None)  # the note as it leaves: texts, and None where something is struck


class DisclosureDetail(SealedModel):
    """One field of the record chosen to leave, and why it is needed (P8)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="details")
    detail = models.CharField(max_length=12, choices=Detail)
    chosen = models.BooleanField(default=True)
    why = Sealed()


class Delivery(Kept):
    """The package for the recipient. Its key is wrapped by the passphrase, which nobody keeps."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="delivery")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    file = models.UUIDField()
    size = models.PositiveIntegerField()
    salt = models.BinaryField()
    wrapped_key = models.BinaryField()
    sha256 = models.BinaryField()  # of what lies on the disk
    language = models.CharField(max_length=2)
    made_at = models.DateTimeField(db_default=functions.Now())
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=5)
    opened_at = models.DateTimeField(null=True)
    recalled_at = models.DateTimeField(null=True)
    # Whoever opened it may fetch it again in the same browser for some minutes: a download can break off.
    again_hash = models.BinaryField(null=True)
    again_until = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"


class RecipientTold(Kept):
    """That a recipient was told (GDPR 19), when and how: of a correction because of a statement, or, without
    one, that the whole record is erased. Made by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(
        Statement, null=True, on_delete=models.PROTECT, related_name="told"
    )
    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="told")
    told_on = models.DateField(_("date"))
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())

    class Meta:
        ordering = ["told_on"]
