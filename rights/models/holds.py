"""Legal holds: a record that must be kept for the time being, whatever its time or a request says."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person


class HoldGround(models.TextChoices):
    """Why a record must not go (GDPR 17(3), 18(2))."""

    LEGAL_CLAIM = "legal_claim", _("A legal claim, made or to be expected")
    COMPLAINT = "complaint", _("A complaint")
    AUTHORITY = "authority", _("An authority asks for it")
    COURT = "court", _("A court orders it")
    OTHER = "other", _("Another reason")


class HoldQuerySet(models.QuerySet):
    """Named reads of holds."""

    def with_reference(self) -> HoldQuerySet:
        """Each with the client's ``reference``, for whoever does not see the record."""
        asked = models.Func("pk", function="sec.hold_reference", output_field=models.CharField())
        return self.annotate(reference=asked)


class Hold(Kept):
    """One reason for which a record must be kept. A record may have several; each is released by itself.

    Placed and released by definer functions only (``rights/sql/holds.sql``).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="holds")
    ground = models.CharField(_("ground"), max_length=12, choices=HoldGround)
    placed_at = models.DateTimeField(db_default=functions.Now())
    placed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "id"]
        indexes = [
            models.Index(fields=["client"], name="hold_open", condition=models.Q(released_at=None)),
        ]


class HoldWords(SealedModel):
    """Why it was placed; and, in a row of its own, why it was ``released``."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="words")
    released = models.BooleanField(default=False)
    text = Sealed()
