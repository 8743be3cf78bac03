"""Conflicts of interest, complaints, and people who belong together."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person


class AboutKind(models.TextChoices):
    """Whom a complaint is about. It says who may hear it."""

    VOLUNTEER = "volunteer", _("A volunteer")
    COORDINATOR = "coordinator", _("A coordinator")
    ASSOCIATION = "association", _("The association")
    UNSAID = "unsaid", _("Somebody the client does not name")


class ComplaintState(models.TextChoices):
    """How far a complaint is."""

    OPEN = "open", _("Open")
    ANSWERED = "answered", pgettext_lazy("complaint", "Answered")


class ComplaintQuerySet(models.QuerySet):
    """Named reads of complaints. The database shows each to whoever hears it, and to nobody else."""

    def open(self) -> ComplaintQuerySet:
        """Complaints that wait for an answer, the oldest first."""
        return self.filter(state=ComplaintState.OPEN).order_by("opened_at")

    def answered(self) -> ComplaintQuerySet:
        """Complaints that were answered, the last first."""
        return self.filter(state=ComplaintState.ANSWERED).order_by("-answered_at")

    def with_people(self) -> ComplaintQuerySet:
        """With branch and people. Never with the client, whom most who hear it may not see."""
        return self.select_related("branch", "about", "opened_by", "handler", "answered_by")


class Complaint(Kept):
    """A client's formal complaint: a record of its own, closed to whom it is about.

    Opened, handed to somebody and answered by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    # None for somebody who rang the president or the lead without a reference.
    client = models.ForeignKey(
        Client, null=True, on_delete=models.PROTECT, related_name="complaints"
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    about_kind = models.CharField(max_length=12, choices=AboutKind)
    about = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ComplaintState, default=ComplaintState.OPEN)
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=functions.Now())
    # The space in which the client opened it: until that is confirmed, it may be of whoever made the card.
    opened_through = models.UUIDField(null=True, editable=False)
    # Since when it shuts out whom it names; never taken back.
    counts_since = models.DateTimeField(null=True, editable=False)
    handler = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["about"], name="complaint_about")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(about=models.F("handler"))
                & ~models.Q(about=models.F("answered_by")),
                name="complaint_not_judged_by_the_accused",
            ),
        ]


class ComplaintClearance(models.Model):
    """That the president has found that a complaint is not about somebody, though nobody was named."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="clearances")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())


class ComplaintEntry(SealedModel):
    """What is said in a complaint, under the complaint's own key. Never changed."""

    subject_attribute = "complaint_id"

    class Kind(models.TextChoices):
        """What the words are."""

        COMPLAINT = "complaint", _("Complaint")
        NOTE = "note", _("Note for those who answer")
        ANSWER = "answer", _("Answer")

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    text = Sealed()
    reach = Sealed()

    class Meta:
        ordering = ["made_at"]


class ConflictReason(models.TextChoices):
    """Why somebody should not deal with something."""

    FAMILY = "family", _("Family, or living together")
    FRIEND = "friend", _("Friend, neighbour or former partner")
    WORK = "work", _("Work, money or care")
    INVOLVED = "involved", _("Involved in the matter")
    OTHER = "other", _("Another reason")
    OWN = "own", _("This client is this person")  # see ``sec.tie_own``; never chosen in a form


class ConflictQuerySet(models.QuerySet):
    """Named reads of conflicts."""

    def live(self) -> ConflictQuerySet:
        """Conflicts that bind now."""
        return self.filter(
            models.Q(ends_at=None) | models.Q(ends_at__gt=functions.Now()),
            starts_at__lte=functions.Now(),
        )

    def own(self) -> ConflictQuerySet:
        """That a client serves here, which no list shows."""
        return self.filter(reason=ConflictReason.OWN)

    def listed(self) -> ConflictQuerySet:
        """All others."""
        return self.exclude(reason=ConflictReason.OWN)

    def colleagues_of(self, person: UUID | None) -> models.QuerySet[Any, Any]:
        """On whose acts this person decides nothing. What those marked themselves does not count, nor what
        somebody marked who may be themself: they would choose their judges by it."""
        rows = self.live().filter(person_id=person, colleague__isnull=False)
        output = models.BooleanField()
        tied = models.Func("marked_by", "colleague", function="sec.are_tied", output_field=output)
        return rows.alias(own=tied).filter(own=False).values("colleague")


class Conflict(Kept):
    """That somebody must not deal with a client, a colleague or a complaint.

    By themself (``marked_by`` is the person) or marked by another. By definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conflicts")
    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=ConflictReason)
    marked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(db_default=functions.Now())
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["person", "client"], name="conflict_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(client__isnull=False, colleague=None, complaint=None)
                | models.Q(client=None, colleague__isnull=False, complaint=None)
                | models.Q(client=None, colleague=None, complaint__isnull=False),
                name="conflict_with_one_thing",
            ),
        ]


class Tie(models.TextChoices):
    """How two clients belong together."""

    COUPLE = "couple", _("A couple")
    FAMILY = "family", _("Family")
    FRIENDS = "friends", _("Friends or neighbours")
    OTHER = "other", _("Something else")


class LinkQuerySet(models.QuerySet):
    """Named reads of links."""

    def of(self, *clients: Client | UUID) -> LinkQuerySet:
        """Live links of these clients, as far as this person may see the other one."""
        mine = models.Q(first__in=clients) | models.Q(second__in=clients)
        return self.filter(mine, ended_at=None)


class Link(Kept):
    """Two clients who belong together. Seen only by whoever may see both."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    first = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    tie = models.CharField(_("how they belong together"), max_length=10, choices=Tie)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(fields=["first"], name="link_first"),
            models.Index(fields=["second"], name="link_second"),
        ]

    def other(self, client: Client) -> Client:
        """The one of the two that is not ``client``."""
        return self.second if self.first_id == client.pk else self.first
