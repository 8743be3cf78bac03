"""What somebody who serves asks about the data held of themself (GDPR 16, 17, 21)."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models.people import Person


class PersonRequestKind(models.TextChoices):
    """What is asked, with the article of the GDPR."""

    CORRECTION = "correction", _("Correct something (Art. 16)")
    ERASURE = "erasure", _("Erase something (Art. 17)")
    OBJECTION = "objection", _("Object to a use (Art. 21)")


class PersonRequestState(models.TextChoices):
    """Where a request stands."""

    NEW = "new", _("Waits for an answer")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class PersonRequestQuerySet(models.QuerySet):
    """Named reads of requests of the team."""

    def open(self) -> PersonRequestQuerySet:
        """Those that wait for an answer, the first due first."""
        return self.filter(state=PersonRequestState.NEW).order_by("due_on", "made_at")


class PersonRequest(Kept):
    """One request, answered once. By definer functions only (``volunteers/sql/own_data.sql``)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="data_requests")
    kind = models.CharField(_("request"), max_length=12, choices=PersonRequestKind)
    state = models.CharField(max_length=8, choices=PersonRequestState)
    made_at = models.DateTimeField(db_default=functions.Now())
    due_on = models.DateField(_("answer due"))
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = PersonRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["person"], name="personrequest_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="new", answered_by=None, answered_at=None)
                | ~models.Q(state="new")
                & models.Q(answered_by__isnull=False, answered_at__isnull=False)
                & ~models.Q(answered_by=models.F("person")),
                name="personrequest_answered",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == PersonRequestState.NEW


class PersonRequestWords(SealedModel):
    """What was asked; and, in a row of its own, what was answered. Under the key of the person who asked."""

    subject_attribute = "person_id"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(PersonRequest, on_delete=models.PROTECT, related_name="entries")
    answer = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    text = Sealed()

    class Meta:
        ordering = ["made_at"]
