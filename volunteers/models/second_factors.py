"""What an account shows beside its password."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from volunteers.models.accounts import User


class Factor(models.TextChoices):
    """An authenticator, or a list of one-time codes on paper."""

    TOTP = "totp"
    CODES = "recovery_codes"


class SecondFactor(models.Model):
    """An authenticator, or a printed list of one-time codes: one of each kind at most.

    ``secret`` is sealed under the site's secret key, ``codes`` are keyed hashes of what is unused; both name
    their account, so that a row moved to another one serves nobody. ``last_counter`` is the half minute of
    the last code taken: no code of it or before is taken again. Trust in devices hangs on ``seed``.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="second_factors")
    kind = models.CharField(max_length=14, choices=Factor)
    secret = models.CharField(max_length=200, blank=True)
    last_counter = models.BigIntegerField(default=0)
    codes = models.JSONField(default=list)
    seed = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="secondfactor_one_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(kind=Factor.TOTP, codes=[]) & ~models.Q(("secret", ""))
                | models.Q(("kind", Factor.CODES), ("secret", "")),
                name="secondfactor_by_kind",
            ),
        ]
