"""Who lets whom in, by a code on paper or otherwise; and who has confirmed that there is a human being."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from vault.sealed import Kept
from volunteers.models.accounts import LANGUAGES
from volunteers.models.people import Branch, DutyKind, Person


class InvitationQuerySet(models.QuerySet):
    """Named reads of invitations."""

    def with_standing(self) -> InvitationQuerySet:
        """Each with ``stands``: whether somebody can still join with it."""
        output = models.BooleanField()
        return self.annotate(
            stands=models.Func("pk", function="sec.is_standing", output_field=output)
        )


class Invitation(models.Model):
    """An invitation to one duty. Its code is kept only as the hash of a principal.

    ``again``: for somebody who has left and comes back as the same person.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("duty"), max_length=16, choices=DutyKind)
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    made_at = models.DateTimeField(db_default=functions.Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.UUIDField(null=True)
    again = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]


class LetIn(models.TextChoices):
    """How one person let another in."""

    INVITED = "invited", _("Invited")
    REJOINED = "rejoined", _("Invited again, after having left")
    APPOINTED = "appointed", _("Given a duty")
    NEW_SIGN_IN = "new_sign_in", _("Given a new first password")


class LettingIn(Kept):
    """That somebody was let in, and by whom: nobody, where a command at the server did it.

    ``duty`` is what came with it, from ``begun_at`` on: an office begins when a third has confirmed the
    person. Written by definer functions only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lettings_in")
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=12, choices=LetIn)
    at = models.DateTimeField(db_default=functions.Now())
    duty = models.CharField(max_length=16, choices=DutyKind, blank=True)
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "lettings in"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by=None) | ~models.Q(by=models.F("person")),
                name="lettingin_two_people",
            ),
        ]


class Way(models.TextChoices):
    """How somebody came to know that a person is a human being, and which."""

    MET = "met", _("I have met them")
    RANG = "rang", _("I have rung them, on a number I found myself")


class Meeting(Kept):
    """That a third, who holds an office, has met or rung somebody. Written by definer functions only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="meetings")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=4, choices=Way)
    at = models.DateTimeField(db_default=functions.Now())
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    may_take_back = False  # what a page sets that offers it

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(by=models.F("person")), name="meeting_two_people"
            ),
        ]
