"""The ledger of grants, and the permission rows that a trigger derives from it for guardian."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from audit.models import Xid8Field
from clients.models.contacts import Contact
from clients.models.records import Client
from vault.sealed import Kept
from volunteers.models import Branch, Person


class Scope(models.TextChoices):
    """What a grant lets its holder do. A trigger turns it into permissions."""

    FULL = "full", _("Everything: identity, contacts and notes, logging contacts")
    ERRAND = "errand", _("An errand: name, address and how to reach, no notes")
    READ = "read", _("Reading notes")
    NAMED = "named", _("Named for a protected record: who it is and how to reach them")
    CONSULT = "consult", _("What a consultation shares, and nothing else")
    CONTACT = "contact", _("One contact with its notes")


class Basis(models.TextChoices):
    """Why somebody may know (P5, P9)."""

    ASSIGNMENT = "assignment", _("Assignment")
    CONSULTATION = "consultation", _("Consultation")
    EMERGENCY = "emergency", _("Emergency access")
    BRANCH_DUTY = "branch_duty", _("Branch duty")
    OWN_RECORD = "own_record", _("Own record")


class ReadingReason(models.TextChoices):
    """The reasons for which a coordinator opens contact notes, for a bounded time."""

    # One reason for all of this, always: a reason of its own would tell the client of a disclosure
    # that must not be told yet, or tell the team of a complaint; and a false one would be worse.
    COORDINATION = (
        "coordination",
        _("Organising or checking the support, or deciding what concerns the record"),
    )
    REQUEST = "request", _("A client's request about their data")
    HANDOVER = "handover", _("Handing over to another volunteer")


class LetReadReason(models.TextChoices):
    """The one more reason for which another coordinator lets a coordinator read them."""

    STANDING_IN = "standing_in", _("Supporting this client themself for a time")


class GrantQuerySet(models.QuerySet):
    """Named reads of the ledger."""

    def live(self) -> GrantQuerySet:
        """Grants that bind now."""
        now = functions.Now()
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=now), starts_at__lte=now)

    def unended(self) -> GrantQuerySet:
        """Grants that bind now or will from a later day on."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=functions.Now()))

    def of_records(self) -> GrantQuerySet:
        """Grants that show who the client is: a consultation does not."""
        return self.exclude(scope__in=[Scope.CONSULT, Scope.CONTACT])

    def assignments(self) -> GrantQuerySet:
        """Assignments only."""
        return self.filter(basis=Basis.ASSIGNMENT)


class Grant(Kept):
    """One line of the ledger. Only its end can be set later, and only earlier or once.

    ``contact`` narrows it to one contact; ``since`` hides contacts before that day; ``act`` is the
    consultation or emergency that made it, or the departure after which it was handed over.
    """

    follows = ("branch_id",)  # the client's

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="grants")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    scope = models.CharField(_("scope"), max_length=8, choices=Scope, default=Scope.FULL)
    basis = models.CharField(max_length=16, choices=Basis)
    purpose = models.CharField(max_length=20)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("contacts from this day on"), null=True)
    act = models.UUIDField(null=True)
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(db_default=functions.Now())
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["client", "person"], name="grant_client_person"),
            models.Index(fields=["person", "starts_at"], name="grant_person"),
            models.Index(fields=["act"], name="grant_act", condition=models.Q(act__isnull=False)),
        ]


class ClientPermission(UserObjectPermissionBase):
    """What guardian reads: derived from the ledger by a trigger, read-only for the application."""

    # Named, because guardian finds direct models through visible reverse relations only.
    content_object = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="permission_rows"
    )
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="permissions")
    code = models.CharField(max_length=20)
    basis = models.CharField(max_length=16)
    # For the database alone: a permission binds while its holder serves in the client's branch.
    branch_id = models.UUIDField()
    since = models.DateField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    # The transaction that gave it, in which it does not bind: what is rolled back has opened nothing.
    given_in = Xid8Field(null=True, editable=False)

    class Meta:
        unique_together = [["grant", "permission"]]
        indexes = [
            models.Index(fields=["user", "content_object", "code"], name="clientpermission_user"),
        ]


class ClientGroupPermission(GroupObjectPermissionBase):
    """Guardian's permissions of groups, which are not used: nobody can write here."""

    content_object = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="group_permission_rows"
    )


class ContactPermission(UserObjectPermissionBase):
    """What guardian reads about one contact: derived like :class:`ClientPermission`."""

    content_object = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="permission_rows"
    )
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="contact_permissions")
    basis = models.CharField(max_length=16)
    branch_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    given_in = Xid8Field(null=True, editable=False)

    class Meta:
        unique_together = [["grant", "permission"]]
        indexes = [models.Index(fields=["user", "content_object"], name="contactpermission_user")]


class ContactGroupPermission(GroupObjectPermissionBase):
    """As :class:`ClientGroupPermission`: not used, and nobody can write here."""

    content_object = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="group_permission_rows"
    )
