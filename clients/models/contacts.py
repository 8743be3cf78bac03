"""Contacts with a client, their notes, attachments, and drafts of what is being typed."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.explanations import Channel
from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person

SAVED = "set while the row is written; the write event covers it"


class TakenOutBy(models.TextChoices):
    """Who took a contact out of the record, in which role."""

    AUTHOR = "author", _("whoever wrote it")
    COORDINATOR = "coordinator", _("a coordinator")


class ContactQuerySet(models.QuerySet):
    """Named reads of contacts."""

    def to_follow_up(self) -> ContactQuerySet:
        """Contacts with a follow-up that is not done.

        Of a client who died, or whose support ended, those written since: what was to be done is over.
        None of a restricted record: it is not used.
        """
        goes_on = models.Q(client__state="open")
        goes_on |= models.Q(made_at__gte=models.F("client__state_at"))
        # Brought in from elsewhere, or noted by an earlier version: by the day alone.
        goes_on |= models.Q(client__state_at=None, happened_on__gte=models.F("client__state_since"))
        return self.filter(
            goes_on, follow_up_on__isnull=False, followed_up_at=None, client__restricted_at=None
        )

    def follow_ups_due(self, today: object) -> ContactQuerySet:
        """Contacts whose follow-up is due by ``today`` (a date) and not done, the oldest first."""
        return self.to_follow_up().filter(follow_up_on__lte=today).order_by("follow_up_on")


class Contact(Kept):
    """One call, visit, message or meeting: what happened when. Its words are in the note."""

    follows = ("branch_id",)  # the client's

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    happened_on = models.DateField(_("date"))
    reached = models.BooleanField(_("reached"), default=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    kilometres = models.PositiveSmallIntegerField(_("kilometres"), null=True, blank=True)
    follow_up_on = models.DateField(_("follow up on"), null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="contacts")
    made_at = models.DateTimeField(db_default=functions.Now())
    revision = models.PositiveIntegerField(default=1, editable=False)
    # Noted here by mistake, and moved to the record of somebody else: of it only this row is left. Set by the
    # database (clients/sql/misplaced.sql). NULL and not empty for all others (decision 48).
    taken_out_at = models.DateTimeField(null=True, editable=False)
    taken_out_by = models.CharField(  # noqa: DJ001
        max_length=12, choices=TakenOutBy, null=True, editable=False
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-made_at"]
        indexes = [
            models.Index(fields=["client", "-happened_on", "-made_at"], name="contact_client"),
            models.Index(
                fields=["branch", "follow_up_on"],
                name="contact_follow_up",
                condition=models.Q(followed_up_at=None, follow_up_on__isnull=False),
            ),
        ]


class ContactNote(SealedModel):
    """The words of a contact. A correction keeps the earlier text, and says why."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="note")
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    unbound = {"saved_at": SAVED}
    text = Sealed()
    follow_up = Sealed()
    correction_reason = Sealed()


class Attachment(SealedModel):
    """A file that belongs to a contact: sealed on disk, its name and type sealed here."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="attachments")
    file = models.UUIDField()
    size = models.PositiveIntegerField()
    sha256 = models.BinaryField()  # of what lies on the disk
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Said by us, not by the database: a coordinator may add what they may not read back.
    made_at = models.DateTimeField(default=timezone.now)
    name = Sealed()
    content_type = Sealed()


class Draft(SealedModel):
    """What somebody is typing, sealed under their own key, seen by nobody else."""

    subject_attribute = "person_id"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=20)
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    unbound = {"saved_at": SAVED}
    values = Sealed(default=None)

    class Meta:
        ordering = ["-saved_at"]
