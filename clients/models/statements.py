"""What a client says about what was noted of them (GDPR 16), beside a contact or the background."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models.contacts import Contact
from clients.models.explanations import Channel
from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person


class StatementState(models.TextChoices):
    """What became of a statement."""

    OPEN = "open", _("Waits for an answer")
    ACCEPTED = "accepted", _("The note was corrected")
    REFUSED = "refused", _("The note was left as it is")
    WITHDRAWN = "withdrawn", _("Taken back by the client")


class StatementQuerySet(models.QuerySet):
    """Named reads of statements."""

    def waiting_for(self, person: object) -> StatementQuerySet:
        """Those without an answer, about notes of this person, or of clients whom they coordinate."""
        theirs = models.Q(contact__by_id=person)
        theirs |= models.Q(client__in=Client.objects.coordinated(person).values("pk"))  # type: ignore[arg-type]
        return self.filter(theirs, state=StatementState.OPEN).order_by("made_at", "pk")


class Statement(Kept):
    """That a client said something about a contact, or about the background where ``contact`` is empty.

    Made, answered and taken back by definer functions only. ``by`` is empty where the client wrote it
    themself; else who heard it, how, and on which day.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="statements")
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="statements"
    )
    state = models.CharField(max_length=10, choices=StatementState, default=StatementState.OPEN)
    channel = models.CharField(_("how"), max_length=10, choices=Channel, blank=True)
    said_on = models.DateField(_("date"), null=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["made_at"]
        indexes = [
            models.Index(
                fields=["client"], name="statement_open", condition=models.Q(state="open")
            ),
            # Of these somebody may have to be told.
            models.Index(
                fields=["client", "answered_at"],
                name="statement_accepted",
                condition=models.Q(state="accepted", contact__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by=None, said_on=None, channel="")
                | models.Q(by__isnull=False, said_on__isnull=False) & ~models.Q(channel=""),
                name="statement_heard_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", answered_by=None, answered_at=None)
                | models.Q(state="withdrawn", withdrawn_at__isnull=False)
                | models.Q(
                    state__in=["accepted", "refused"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="statement_answered_by_somebody",
            ),
        ]


class StatementWords(SealedModel):
    """What the client said; and, in a row of its own, the ``answer``. Never changed."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="words")
    answer = models.BooleanField(default=False)
    text = Sealed()
