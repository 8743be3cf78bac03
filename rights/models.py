"""What clients ask about their own data, and the exports made for them."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.actor import Actor
from clients.models import Client, Contact, PortalAccess
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person
from volunteers.models.accounts import LANGUAGES


class RequestKind(models.TextChoices):
    """What is asked for, with the article of the GDPR."""

    CORRECTION = "correction", _("Correction (Art. 16)")
    DELETION = "deletion", _("Deletion (Art. 17)")
    ACCESS = "access", _("Access and export (Art. 15 and 20)")


class RequestState(models.TextChoices):
    """Where a request stands."""

    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class SubjectRequestQuerySet(models.QuerySet):
    """Named reads of requests."""

    def coordinated(self, actor: Actor) -> SubjectRequestQuerySet:
        """Of the branches that this person coordinates: not what they took down elsewhere."""
        return self.filter(branch_id__in=list(actor.duties.get("coordinator", ())))

    def open(self) -> SubjectRequestQuerySet:
        """Requests that wait for an answer, the first due first."""
        waiting = [RequestState.NEW, RequestState.IN_PROGRESS]
        return self.filter(state__in=waiting).order_by("due_on", "made_at")

    def answered(self) -> SubjectRequestQuerySet:
        """Requests that were answered, the latest first."""
        answered = [RequestState.DONE, RequestState.REFUSED]
        return self.filter(state__in=answered).order_by("-handled_at")


class SubjectRequest(Kept):
    """A client's request about their own data (P15); it has a legal deadline."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="subject_requests")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("request"), max_length=12, choices=RequestKind)
    state = models.CharField(max_length=12, choices=RequestState, default=RequestState.NEW)
    made_at = models.DateTimeField(db_default=functions.Now())
    due_on = models.DateField(_("answer due"))
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
        return self.state in (RequestState.NEW, RequestState.IN_PROGRESS)


class SubjectRequestWords(SealedModel):
    """What was asked, and what was answered."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(SubjectRequest, on_delete=models.PROTECT, related_name="words")
    asked = Sealed()
    answer = Sealed()


class CopyReason(models.TextChoices):
    """Why the team prepares a copy for a client."""

    ASKED = "asked", _("The client asked for it, and has no space of their own or does not use it")
    PROXY = "proxy", _("Somebody who may act for the client asked for it")
    REQUEST = "request", _("It answers a request about their data (Art. 15)")


class CopyWay(models.TextChoices):
    """How a prepared copy reaches the client."""

    HAND = "hand", _("Handed over in person")
    POST = "post", _("Sent by post, as the safe contact allows")


class CopyState(models.TextChoices):
    """Where a prepared copy stands."""

    PREPARED = "prepared", _("Being prepared")
    SENT = "sent", _("Waits for somebody else to release it")
    RELEASED = "released", pgettext_lazy("copy", "Released")
    REFUSED = "refused", pgettext_lazy("copy", "Not released")
    ENDED = "ended", pgettext_lazy("copy", "Given up")


class PreparedCopyQuerySet(models.QuerySet):
    """Named reads of prepared copies."""

    def with_reference(self) -> PreparedCopyQuerySet:
        """Each with ``ref``, the client's reference, for whoever sees the copy and not the record."""
        ref = models.Func("pk", function="sec.reference_of_copy", output_field=models.CharField())
        return self.annotate(ref=ref)

    def waiting(self) -> PreparedCopyQuerySet:
        """Those that wait for a release by the asker."""
        may = models.Func("pk", function="sec.may_release_copy", output_field=models.BooleanField())
        return self.filter(state=CopyState.SENT).alias(may=may).filter(may=True).order_by("sent_at")


class PreparedCopy(Kept):
    """A copy that one of the team prepares for a client, and somebody else releases (decision 64).

    Written by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="prepared_copies")
    request = models.ForeignKey(
        SubjectRequest, null=True, on_delete=models.PROTECT, related_name="copies"
    )
    reason = models.CharField(_("reason"), max_length=8, choices=CopyReason)
    way = models.CharField(_("how it reaches the client"), max_length=8, choices=CopyWay)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES)
    large = models.BooleanField(_("in large print"), default=False)
    state = models.CharField(max_length=8, choices=CopyState, default=CopyState.PREPARED)
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(db_default=functions.Now())
    sent_at = models.DateTimeField(null=True)
    # What whoever releases it sees of it: how much there is, and how much of it is not given.
    contacts = models.PositiveIntegerField(null=True)
    left_out = models.PositiveIntegerField(null=True)
    struck = models.PositiveIntegerField(null=True)
    released_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = PreparedCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-prepared_at"]
        verbose_name_plural = "prepared copies"
        indexes = [models.Index(fields=["state"], name="preparedcopy_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(released_by=models.F("prepared_by")),
                name="preparedcopy_two_persons",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="released")
                | models.Q(released_by__isnull=False, released_at__isnull=False),
                name="preparedcopy_released_by_somebody",
            ),
        ]


class LeftOutReason(models.TextChoices):
    """Why something is not given to the client (GDPR 15(4), 23)."""

    OTHERS = "others", _("It is about another person")
    SOURCE = "source", _("It says who told us in confidence")
    FORBIDDEN = "forbidden", _("A law or an authority forbids telling it now")


class LeftOut(SealedModel):
    """What a prepared copy does not give: a contact, or a passage wherever it stands; and why."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    copy = models.ForeignKey(PreparedCopy, on_delete=models.PROTECT, related_name="items")
    # None: a passage.
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=LeftOutReason)
    passage = Sealed()


class ExportState(models.TextChoices):
    """Where an export stands."""

    QUEUED = "queued", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("No longer kept")


class Export(models.Model):
    """A ZIP of everything that is held about a client, made by the worker, sealed on disk."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="exports")
    # The team's copy that it makes; None where the client asked in their space.
    prepared = models.OneToOneField(
        PreparedCopy, null=True, on_delete=models.PROTECT, related_name="export"
    )
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=2)
    file = models.UUIDField(null=True)
    size = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(db_default=functions.Now())
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    taken = models.PositiveSmallIntegerField(default=0, db_default=0)  # how often, by the team

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            # However often the button is pressed, one waits.
            models.UniqueConstraint(
                fields=["client"],
                condition=models.Q(state="queued", prepared=None),
                name="export_one_waiting",
            ),
        ]


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
