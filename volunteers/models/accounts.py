"""Accounts and sessions. Only the sign-in connection reads these tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import functions
from django.utils.translation import gettext_lazy as _

from volunteers import passwords

LANGUAGES = [("en", "English"), ("fr", "Français")]


class Kind(models.TextChoices):
    """Whose account it is."""

    PERSON = "person", _("Person who serves")
    CLIENT = "client", _("Client")


if TYPE_CHECKING:
    _Manager = BaseUserManager["User"]
else:
    _Manager = BaseUserManager  # which cannot be subscripted when it runs


class UserManager(_Manager):
    """Finds accounts whatever the case of the typed user name."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of a user name as a person may type it."""
        return self.get(username=normalise_username(username or ""))


def normalise_username(username: str) -> str:
    """The one form under which a user name is kept and counted: no outer blanks, lower case."""
    return username.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    """An account: what signs in. It has no e-mail address and never a superuser's rights."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    username = models.CharField(_("user name"), max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PERSON)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="fr")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    # What proves this account in a transaction: just after the password, or in its session.
    token: str = ""

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            # Nobody is a superuser in the running application, whatever the code does.
            models.CheckConstraint(
                condition=models.Q(is_superuser=False), name="user_no_superuser"
            ),
            models.CheckConstraint(
                condition=models.Q(username=functions.Lower("username")),
                name="user_username_lower",
            ),
        ]

    # The database compares passwords, and definer functions set them.
    set_password = check_password = passwords.refuse

    def __str__(self) -> str:
        return self.username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """What the backends say. Django's own shortcut for superusers is left out."""
        return any(
            backend.has_perm(self, perm, obj)
            for backend in get_backends()
            if hasattr(backend, "has_perm")
        )


class Session(models.Model):
    """A signed-in browser. Keys are kept hashed; the data are sealed under the key itself.

    ``principal`` is the name of the session's principal, which lives as long as this row.
    """

    key_hash = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    data = models.BinaryField()
    device = models.CharField(max_length=80, blank=True)
    principal = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
