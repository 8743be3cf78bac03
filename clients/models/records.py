"""A client's record, split by who may see what: the record, identity, safe contact, background."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clients.models.querysets import ClientQuerySet
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person
from volunteers.models.accounts import LANGUAGES


class State(models.TextChoices):
    """What a record is in."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    DIED = "died", _("Died")


class AgreementAnswer(models.TextChoices):
    """What the client said to a record, in one clear act."""

    YES = "yes", _("Yes, with information about health")
    NO_HEALTH = "no_health", _("Yes, but nothing about health")
    PSEUDONYM = "pseudonym", _("Only under a pseudonym")
    NO_RECORD = "no_record", _("No record at all")
    WITHDRAWN = "withdrawn", _("Does not agree any more")


class Client(Kept):
    """A person supported. Holds what coordination needs, and nothing that says who it is."""

    follows = ("last_contact_on",)  # the latest contact

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="clients")
    reference = models.CharField(_("reference"), max_length=12, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    pseudonym = models.BooleanField(_("kept under a pseudonym"), default=False)
    # Only people with a live grant see it: not the branch's coordinators by their duty alone.
    protected = models.BooleanField(_("protected"), db_default=False, editable=False)
    taken_in_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    taken_in_at = models.DateTimeField(db_default=functions.Now())
    state_since = models.DateField(null=True)  # as whoever noted it says
    state_at = models.DateTimeField(
        null=True, editable=False
    )  # when it was noted: the database sets it
    # The client's latest answer to a record, set by the database (clients/sql/agreement.sql). NULL and not
    # empty where nobody asked: a row from before this column has the digest that it had (decision 48).
    agreed = models.CharField(  # noqa: DJ001
        max_length=10, choices=AgreementAnswer, null=True, editable=False
    )
    # Since when it is kept and not used: the database sets it, and clears it (clients/sql/restriction.sql).
    restricted_at = models.DateTimeField(null=True, editable=False)
    # Since when it is being erased, and closed to everybody (rights/sql/erasure.sql).
    going_at = models.DateTimeField(null=True, editable=False)
    last_contact_on = models.DateField(_("last contact"), null=True, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        permissions = [
            ("view_notes", "Can read contacts and notes"),
            ("log_contact", "Can log contacts"),
            ("consult", "Can read what a consultation shares"),
        ]
        indexes = [
            models.Index(fields=["branch", "-last_contact_on", "id"], name="client_branch_recent"),
            models.Index(
                fields=["branch"], name="client_protected", condition=models.Q(protected=True)
            ),
            models.Index(
                fields=["branch", "state_at"],
                name="client_ended",
                condition=~models.Q(state="open"),
            ),
            models.Index(
                fields=["branch", "taken_in_at"],
                name="client_not_asked",
                condition=models.Q(agreed=None),
            ),
            models.Index(
                fields=["id"],
                name="client_restricted",
                condition=models.Q(restricted_at__isnull=False),
            ),
            models.Index(
                fields=["branch"],
                name="client_going",
                condition=models.Q(going_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def agreement(self) -> str:
        """What the client said to a record, in words; empty where nobody has asked yet."""
        return str(AgreementAnswer(self.agreed).label) if self.agreed else ""

    @property
    def mark(self) -> str:
        """What a list says beside a record that is not one to work with; empty for all others."""
        if self.restricted_at:
            return _now("Restricted")
        return "" if self.state == State.OPEN else str(self.get_state_display())


class Identity(SealedModel):
    """Who the client is."""

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="identity")
    given_name = Sealed()
    family_name = Sealed()
    known_as = Sealed()
    born_on = Sealed()
    address = Sealed()

    class Meta:
        verbose_name_plural = "identities"

    @property
    def full_name(self) -> str:
        """Given and family name, or the pseudonym."""
        return " ".join(filter(None, [self.given_name, self.family_name])) or self.known_as


class SafeContact(SealedModel):
    """How, when and with which words to reach a client. Shown before the number is."""

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="safe_contact")
    checked_on = models.DateField(_("last checked"), null=True)
    phone = Sealed()
    other_phone = Sealed()
    times = Sealed()
    ask_for = Sealed()
    voicemail = Sealed()
    voicemail_words = Sealed()
    who_may_answer = Sealed()
    withhold_number = Sealed(default=False)
    remarks = Sealed()


class Background(SealedModel):
    """Free notes about the situation, for those who may read contact notes."""

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="background")
    text = Sealed()


class HashKey(models.Model):
    """A key of a branch that makes its keyed hashes, by the id of its row in the vault.

    There is one, and a second while hashes are made anew (``manage.py keyring_rotate --hashes``): both are
    compared by then, and new hashes are made with the newest. One that a hash was made with cannot go.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    made_at = models.DateTimeField(db_default=functions.Now())


class Fingerprint(models.Model):
    """Keyed hashes to recognise a person or an imported row without reading anything.

    Nobody reads this table: a definer function compares within one branch. No uniqueness, so that
    nothing can be probed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)
    kind = models.CharField(max_length=12)
    hash = models.BinaryField()
    row = models.UUIDField(null=True)
    key = models.ForeignKey(HashKey, on_delete=models.PROTECT)

    class Meta:
        indexes = [models.Index(fields=["branch", "kind", "hash"], name="fingerprint_hash")]


class Likeness(models.Model):
    """A record shares a name or a number with another of its branch: a coordinator looks at it, once.

    Nobody reads this table either; definer functions say which wait.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    hash = models.BinaryField()
    found_at = models.DateTimeField(db_default=functions.Now())
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")


class Revision(models.Model):
    """What a row was before a change: ciphertext and clear columns, kept by a trigger."""

    id = models.BigAutoField(primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="revisions")
    table = models.CharField(max_length=40)
    row = models.UUIDField()
    revision = models.PositiveIntegerField()
    sealed = models.BinaryField(null=True)
    clear = models.JSONField()
    replaced_at = models.DateTimeField()
    replaced_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["-revision"]
        indexes = [models.Index(fields=["row", "-revision"], name="revision_row")]


class AccessState(models.TextChoices):
    """Where an access to the portal stands; the database says so."""

    CONFIRMED = "confirmed", _("Confirmed")
    PROVISIONAL = "provisional", _("Not confirmed yet")
    WAITING = "waiting", _("A new card waits")
    ENDED = "ended", _("Ended")


class PortalAccessQuerySet(models.QuerySet):
    """Named reads of accesses to the portal."""

    def with_state(self) -> PortalAccessQuerySet:
        """Each with ``state``, ``may_confirm`` and ``may_unconfirm`` for the asker, as the database says."""
        return self.annotate(
            state=asks("sec.shown_access_state", models.CharField()),
            may_confirm=asks("sec.may_confirm", models.BooleanField()),
            may_unconfirm=asks("sec.may_unconfirm", models.BooleanField()),
        )

    def open(self) -> PortalAccessQuerySet:
        """Those that have not ended, the one in use first."""
        return (
            self.filter(ended_at=None)
            .with_state()
            .exclude(state=AccessState.ENDED)
            .order_by("opened_at")
        )

    def read_by(self, client: object) -> PortalAccessQuerySet:
        """The space in which this client reads what is answered: confirmed, not quiet, not paused."""
        paused = models.Q(paused_until__gt=timezone.localdate())
        read = self.open().filter(client=client, state=AccessState.CONFIRMED, quiet=False)
        return read.exclude(paused)

    def hanging_on(self, rights: models.QuerySet) -> PortalAccessQuerySet:
        """Those that end with one of these assignments, under which they were opened."""
        under = self.open().filter(opened_under__in=rights)
        return under.filter(models.Q(confirmed_at=None) | models.Q(first_used_at=None))

    def to_confirm(self) -> PortalAccessQuerySet:
        """Those that wait for the asker to speak to the client, the oldest first."""
        waiting = [AccessState.PROVISIONAL, AccessState.WAITING]
        return self.open().filter(confirmed_at=None, state__in=waiting, may_confirm=True)


def asks(function: str, answer: models.Field | None = None) -> models.Func:
    """A question to the database about the row with this id: yes or no, if nothing else is said."""
    return models.Func("pk", function=function, output_field=answer or models.BooleanField())


class PortalAccess(Kept):
    """That a client wanted the portal, and which account is theirs. By definer functions only.

    Until another of the team has spoken to the client it is provisional, and ends with the right of whoever
    opened it: ``opened_under`` is that assignment, or that duty. ``replaces`` is what it waits beside.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="portal_accesses")
    user = models.UUIDField(unique=True)
    username = models.CharField(max_length=40)
    # For somebody watched at home: no notes, no log, and nothing that shows that they are missing.
    quiet = models.BooleanField(db_default=False)
    opened_at = models.DateTimeField(db_default=functions.Now())
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    opened_as = models.CharField(max_length=12)
    opened_under = models.UUIDField(null=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    first_used_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    spoken_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    # What the client chose (clients/sql/own_choices.sql): notes are hidden since; nobody signs in until.
    notes_hidden_at = models.DateTimeField(null=True)
    paused_until = models.DateField(null=True)

    objects = PortalAccessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "portal accesses"
