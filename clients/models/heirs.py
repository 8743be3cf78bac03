"""What heirs ask about the record of a client who died (loi Informatique et Libertés, art. 84 to 86)."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.directives import Directive
from clients.models.explanations import Channel
from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person


class HeirQuality(models.TextChoices):
    """As what somebody asks."""

    EXECUTOR = "executor", _("Named by the client in their directives")
    SPOUSE = "spouse", _("Husband, wife or partner")
    HEIR = "heir", _("Heir (child, parent, brother or sister …)")
    OTHER = "other", _("Somebody else")


class HeirWish(models.TextChoices):
    """What is asked, with what art. 85 allows."""

    ESTATE = "estate", _("What is needed to settle the estate")
    MEMORIES = "memories", _("Digital goods, or family memories")
    CLOSING = "closing", _("Close the accounts, and stop using the data")
    UPDATE = "update", _("Put the death on record")


class HeirProof(models.TextChoices):
    """Which paper was seen."""

    NONE = "none", _("None yet")
    DEED = "deed", _("Notary’s deed of who inherits (acte de notoriété)")
    CERTIFICATE = "certificate", _("Heir’s certificate signed by all (attestation)")
    FAMILY_BOOK = "family_book", _("Family record book (livret de famille)")
    WILL = "will", _("Will")
    IDENTITY = "identity", _("Identity paper alone")


class Along(models.TextChoices):
    """Whether it is what the client wanted."""

    SILENT = "silent", _("The directives say nothing of it, or there are none")
    WITH = "with", _("It goes with the directives")
    AGAINST = "against", _("It goes against the directives")


class HeirState(models.TextChoices):
    """Where a request stands. Nothing is ever given by it."""

    NEW = "new", _("Waits for a coordinator")
    TO_GRANT = "to_grant", _("Proposed: yes")
    TO_REFUSE = "to_refuse", _("Proposed: no")
    GRANTED = "granted", _("Yes")
    REFUSED = "refused", _("No")
    # It was noted by mistake that the client had died.
    MOOT = "moot", _("Over: the client lives")


OPEN = (HeirState.NEW, HeirState.TO_GRANT, HeirState.TO_REFUSE)


class HeirRequestQuerySet(models.QuerySet):
    """Named reads of requests of heirs."""

    def open(self) -> HeirRequestQuerySet:
        """Those that wait for an answer, the first due first."""
        return self.filter(state__in=OPEN).order_by("due_on", "made_at")


class HeirRequest(Kept):
    """One request. Made and moved on by definer functions only (``clients/sql/heirs.sql``)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Of its own: the data-protection lead, who may be the second person, sees no record.
    reference = models.CharField(max_length=12, unique=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="heir_requests")
    quality = models.CharField(_("as"), max_length=10, choices=HeirQuality)
    wish = models.CharField(_("what is asked"), max_length=10, choices=HeirWish)
    proof = models.CharField(_("proof"), max_length=12, choices=HeirProof)
    proof_seen_on = models.DateField(_("seen on"), null=True)
    along = models.CharField(_("directives"), max_length=8, choices=Along)
    # The version that counted when it was asked.
    directive = models.ForeignKey(Directive, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("answer due"))
    state = models.CharField(max_length=10, choices=HeirState, default=HeirState.NEW)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())
    # Another heir does not agree: until that is settled, nothing is given.
    objected_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # When the second person saw the paper themselves, where the first had recorded the request too.
    second_seen_on = models.DateField(_("seen by the second person on"), null=True)

    objects = HeirRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(fields=["client"], name="heirrequest_client"),
            models.Index(
                fields=["due_on"],
                name="heirrequest_open",
                condition=models.Q(state__in=["new", "to_grant", "to_refuse"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("proposed_by"))
                & ~models.Q(decided_by=models.F("by")),
                name="heirrequest_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="granted")
                | models.Q(objected_at=None)
                | models.Q(settled_at__isnull=False),
                name="heirrequest_no_objection",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in OPEN

    @property
    def is_contested(self) -> bool:
        """Whether another heir objects."""
        return self.objected_at is not None and self.settled_at is None


class HeirWords(SealedModel):
    """Who asks and what they said; an objection; what settled it; why yes or no. Never changed."""

    class Kind(models.TextChoices):
        """What the words are."""

        ASKED = "asked", _("What was asked")
        OBJECTION = "objection", _("Objection of another heir")
        SETTLED = "settled", _("What settled the objection")
        DECISION = "decision", _("Proposed, and why")
        BACK = "back", _("Sent back, and why")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(HeirRequest, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    who = Sealed()
    reach = Sealed()
    text = Sealed()

    class Meta:
        ordering = ["made_at"]
