"""What is shared inside the team on one of the two grounds (P5), and whom the client lets be told."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.contacts import Contact
from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Branch, Person


class Ground(models.TextChoices):
    """The two grounds on which something is shared with a colleague (P5)."""

    CLIENT = "client", _("How best to support the client")
    VOLUNTEER = "volunteer", _("Support for the volunteer")


class ConsultationQuerySet(models.QuerySet):
    """Named reads of consultations."""

    def live(self) -> ConsultationQuerySet:
        """Consultations in which something can still be read."""
        return self.filter(ends_at__gt=functions.Now())

    def asked_of(self, person: UUID | None) -> ConsultationQuerySet:
        """Consultations in which somebody is asked and can still read, the first to end first."""
        rows = self.live().filter(colleague_id=person)
        return rows.select_related("asked_by").order_by("ends_at")

    def asked_by_me(self, person: UUID | None) -> ConsultationQuerySet:
        """Somebody's own questions that still run, each with who wrote the last line (``last_by``)."""
        lines = ConsultationEntry.objects.filter(consultation=models.OuterRef("pk"))
        last = lines.exclude(kind="part").order_by("-made_at").values("by_id")[:1]
        rows = self.live().filter(asked_by_id=person).annotate(last_by=models.Subquery(last))
        return rows.select_related("colleague", "client").order_by("ends_at")


class Consultation(Kept):
    """A colleague was consulted: spoken only (no ``ends_at``), or shared in writing for some days.

    Where ``withheld``, the colleague reads what was copied, with the client's identity left out.
    Made and ended by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consultations")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("ground"), max_length=10, choices=Ground)
    withheld = models.BooleanField(_("without saying who it is"), default=False)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField(null=True)
    starts_at = models.DateTimeField(db_default=functions.Now())
    ends_at = models.DateTimeField(null=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["colleague", "ends_at"], name="consultation_colleague"),
            models.Index(fields=["asked_by", "ends_at"], name="consultation_asked_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(happened_on=None, ends_at__isnull=False)
                | models.Q(happened_on__isnull=False, ends_at=None),
                name="consultation_talk_or_written",
            ),
        ]

    @property
    def is_talk(self) -> bool:
        """Whether it was spoken only, with nothing to read."""
        return self.ends_at is None

    @property
    def is_running(self) -> bool:
        """Whether something can still be read in it."""
        return self.ends_at is not None and self.ends_at > timezone.now()


class ConsultationEntry(SealedModel):
    """A line of a written consultation: the question, a part that is shared, an answer. Never changed."""

    class Kind(models.TextChoices):
        """What the line is."""

        QUESTION = "question", _("Question")
        PART = "part", _("What is shared")
        ANSWER = "answer", _("Answer")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind)
    # Where a part was copied from; whoever may not see that contact learns only that there is one.
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    title = Sealed()
    text = Sealed()

    class Meta:
        ordering = ["made_at"]


class WhoMayKnow(SealedModel):
    """The client's standing, revocable word that this person may be told this kind of thing."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="may_know")
    until = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    person = Sealed()
    reach = Sealed()
    what = Sealed()

    class Meta:
        ordering = ["made_at"]
