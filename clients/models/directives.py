"""What a client wants after their death (loi Informatique et Libertés, art. 85), and who is told of it."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.explanations import Channel
from clients.models.records import Client
from vault.sealed import Kept, Sealed, SealedModel
from volunteers.models import Person

MOST_TOLD = 10  # people who are to be told


class Fate(models.TextChoices):
    """What the client wants done with the record itself."""

    ERASE = "erase", _("Erase it")
    KEEP = "keep", _("Keep it only as long as the law asks")
    UNSAID = "unsaid", _("Nothing was said about the record itself")
    REVOKED = "revoked", _("Taken back")


class DirectiveQuerySet(models.QuerySet):
    """Named reads of directives."""

    def with_lateness(self) -> DirectiveQuerySet:
        """Each with ``late``: noted on the day of the death or later."""
        on = functions.TruncDate("made_at")
        died = models.Q(client__state="died", client__state_since__lte=on)
        return self.annotate(late=models.ExpressionWrapper(died, models.BooleanField()))

    def counting_first(self) -> DirectiveQuerySet:
        """The version that counts first: one noted on the day of the death or later replaces none."""
        return self.with_lateness().order_by(functions.Coalesce("late", False), "-made_at")


class Directive(Kept):
    """One version of a client's directives. The latest counts; none is ever changed.

    Made by a definer function only, and never of somebody who has died. ``to_tell`` is how many people are to
    be told of the death: who they are is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="directives")
    fate = models.CharField(_("what happens with the record"), max_length=8, choices=Fate)
    to_tell = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    happened_on = models.DateField(_("date"))
    # Who noted it; None where the client wrote it in their own space.
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["client", "-made_at"], name="directive_client")]

    @property
    def noted_on(self) -> date | None:
        """The day on which it was written down, where that is not the day on which it was said."""
        day = timezone.localdate(self.made_at)
        return day if day != self.happened_on else None


class DirectiveWords(SealedModel):
    """Who may ask in the client's place, who is to be told, and the client's own words.

    ``told`` is one person a line: the number of the line is what the rest of the program knows of them.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    directive = models.OneToOneField(Directive, on_delete=models.PROTECT, related_name="said")
    executor = Sealed()
    executor_reach = Sealed()
    told = Sealed()
    words = Sealed()


class DeathTold(Kept):
    """That whoever this line of the directives names was told of the death. By a definer function only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    directive = models.ForeignKey(Directive, on_delete=models.PROTECT, related_name="tellings")
    line = models.PositiveSmallIntegerField()
    told_on = models.DateField(_("told on"))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=functions.Now())
    # It was noted by mistake.
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["line"]
