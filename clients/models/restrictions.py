"""Restriction of a record (GDPR 18): it is kept, and not used."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person


class RestrictionGround(models.TextChoices):
    """Why a record is kept and not used, with the article of the GDPR."""

    WITHDRAWN = "withdrawn", _("The client does not agree, or no longer, to our keeping it")
    CONTESTED = "contested", _("The client says that it is not right (Art. 18(1)(a))")
    UNLAWFUL = (
        "unlawful",
        _("It should not have been kept, but the client does not want it deleted (18(1)(b))"),
    )
    CLAIMS = "claims", _("We no longer need it, but the client does, for legal claims (18(1)(c))")
    OBJECTION = "objection", _("The client objects, and we have not answered yet (18(1)(d))")
    ASKED = "asked", _("The client asked for it, and we have not answered yet")


class Restriction(Kept):
    """That a record is restricted, since when and on which ground.

    Made and ended by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="restrictions")
    ground = models.CharField(_("ground"), max_length=12, choices=RestrictionGround)
    starts_at = models.DateTimeField(db_default=functions.Now())
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=models.Q(ends_at=None), name="restriction_one"
            ),
        ]


class RestrictionWords(SealedModel):
    """What the client said; and, in a row of its own, why it was ``lifted``."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    restriction = models.ForeignKey(Restriction, on_delete=models.PROTECT, related_name="words")
    lifted = models.BooleanField(default=False)
    text = Sealed()
