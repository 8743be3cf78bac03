"""What clients ask about their own data."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.models import Client, PortalAccess
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person


class RequestKind(models.TextChoices):
    """What is asked for, with the article of the GDPR."""

    CORRECTION = "correction", _("Correction (Art. 16)")
    DELETION = "deletion", _("Deletion (Art. 17)")
    ACCESS = "access", _("Access (Art. 15)")
    RESTRICTION = "restriction", _("Restriction (Art. 18)")
    PORTABILITY = "portability", _("Data in a file (Art. 20)")
    OBJECTION = "objection", _("Objection (Art. 21)")
    WITHDRAWAL = "withdrawal", _("Taking back an agreement (Art. 7)")


class RequestState(models.TextChoices):
    """Where a request stands."""

    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    TAKEN_BACK = "taken_back", _("Taken back")


OPEN = (RequestState.NEW, RequestState.IN_PROGRESS)
ANSWERED = (RequestState.DONE, RequestState.REFUSED)


class ReceivedBy(models.TextChoices):
    """How a request reached us."""

    PORTAL = "portal", _("In the online space")
    PHONE = "phone", _("By telephone")
    PERSON = "person", _("In person")
    LETTER = "letter", _("By letter")
    EMAIL = "email", _("By e-mail or message to the branch")
    OTHER = "other", _("In another way")


class Quality(models.TextChoices):
    """Who asks: the client, or somebody for them."""

    SELF = "self", _("The client")
    PARENT = "parent", _("A parent of a minor")
    GUARDIAN = "guardian", _("A guardian, or whoever represents the client by law")
    LAWYER = "lawyer", _("A lawyer, with a mandate")
    OTHER = "other", _("Somebody else, for the client")


class SubjectRequestQuerySet(models.QuerySet):
    """Named reads of requests."""

    def coordinated(self, actor: Actor) -> SubjectRequestQuerySet:
        """Of the branches that this person coordinates: not what they took down elsewhere."""
        return self.filter(branch_id__in=list(actor.duties.get("coordinator", ())))

    def open(self) -> SubjectRequestQuerySet:
        """Requests that wait for an answer, the first due first."""
        return self.filter(state__in=OPEN).order_by("due_on", "made_at")

    def answered(self) -> SubjectRequestQuerySet:
        """Requests that were answered or taken back, the latest first."""
        return self.exclude(state__in=OPEN).order_by("-handled_at")

    def to_tell(self) -> SubjectRequestQuerySet:
        """Those of which the client reads no answer online: until somebody says how it was told."""
        return self.filter(to_tell=True).order_by("handled_at", "made_at")


class SubjectRequest(Kept):
    """A client's request about their own data (P15); it has a legal deadline."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="subject_requests")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("request"), max_length=12, choices=RequestKind)
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.NEW)
    made_at = models.DateTimeField(db_default=functions.Now())
    # The day at which we aim, and the last in law: the database counts both (rights/sql/deadlines.sql).
    due_on = models.DateField(_("answer due"))
    latest_on = models.DateField(null=True, editable=False)
    received_on = models.DateField(_("received on"), null=True)
    # NULL and not empty, here and below: a row from before has the digest that it had (decision 48).
    how = models.CharField(max_length=8, choices=ReceivedBy, null=True)  # noqa: DJ001
    quality = models.CharField(max_length=8, choices=Quality, null=True)  # noqa: DJ001
    # What is noted to a request (``RequestNote``) sets these.
    extended_on = models.DateField(null=True, editable=False)
    paused_on = models.DateField(null=True, editable=False)
    paused_days = models.PositiveSmallIntegerField(null=True, editable=False)
    to_tell = models.BooleanField(null=True, editable=False)
    # A second person, where whoever decides had the client: see decision 59.
    seconded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    seconded_at = models.DateTimeField(null=True, editable=False)
    # The client's space through which it came: what comes through one that nobody confirmed is not done.
    access = models.ForeignKey(PortalAccess, null=True, on_delete=models.PROTECT, related_name="+")
    # Who took it down for the client; None where the client asked in their space.
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    handled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    handled_at = models.DateTimeField(null=True)

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_on"]
        indexes = [models.Index(fields=["branch", "state"], name="subjectrequest_branch")]

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in OPEN

    @property
    def received(self) -> date:
        """The day on which it reached us; of a request from before this was noted, the day it was made."""
        return self.received_on or timezone.localdate(self.made_at)

    @property
    def is_overdue(self) -> bool:
        """Whether the day at which we aim has passed, and the clock does not stand still."""
        return self.is_open and self.paused_on is None and self.due_on < timezone.localdate()


class SubjectRequestWords(SealedModel):
    """What was asked and answered; who asked for the client, and which proof of it was seen."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(SubjectRequest, on_delete=models.PROTECT, related_name="words")
    asked = Sealed()
    answer = Sealed()
    applicant = Sealed()
    proof = Sealed()


class NoteKind(models.TextChoices):
    """What somebody notes to a request."""

    IDENTITY = "identity", _("Who asks")
    COMPLETE = "complete", _("Is it complete?")
    ENTITLED = "entitled", _("May this person ask?")
    FOUNDED = "founded", _("Can it be asked for?")
    PAUSE = "pause", _("The clock stands still")
    RESUME = "resume", _("The clock goes on")
    EXTEND = "extend", _("Two months more")
    RECEIPT = "receipt", _("Received on another day")
    TOLD = "told", _("The client was told")


class NoteHow(models.TextChoices):
    """How: of each kind of note some."""

    RUNG_BACK = "rung_back", _("Rung back on the number of the card")
    MET = "met", _("Seen in person, by somebody who knows them")
    PAPER = "paper", _("By a paper that shows who they are")
    DOUBT = "doubt", _("Not known yet")
    YES = "yes", _("Yes")
    NO = "no", _("No")
    WHO = "who", _("To find out who asks")
    PRECISION = "precision", _("To ask what exactly is meant")
    PHONE = "phone", _("By telephone")
    PERSON = "person", _("In person")
    LETTER = "letter", _("By letter")
    OTHER = "other", _("In another way")


class RequestNote(SealedModel):
    """Something noted to a request, and never changed. The database does what follows from it.

    ``day`` is that of which it tells: since when the clock goes on, on which day it was received; ``was``, on
    which day it had been said to be received before.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(SubjectRequest, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=NoteKind)
    how = models.CharField(max_length=9, choices=NoteHow, blank=True)
    day = models.DateField(null=True)
    was = models.DateField(null=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    words = Sealed()

    class Meta:
        ordering = ["made_at", "id"]


class LocalHolidays(models.Model):
    """A branch in Alsace or Moselle, which has two public holidays more. By a definer function only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "local holidays"
