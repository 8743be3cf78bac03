"""Which connection reads which table: accounts by sign-in's, everything else by the application's."""

from __future__ import annotations

from typing import Any

SIGNIN_APPS = frozenset({"axes", "sessions"})
SIGNIN_MODELS = frozenset(
    {"volunteers.user", "volunteers.secondfactor", "volunteers.session", "vault.principal"}
)


class SigninRouter:
    """Sends accounts, sessions, second factors and lockouts to the ``signin`` connection."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """The alias for reading ``model``."""
        meta = model._meta
        mine = meta.app_label in SIGNIN_APPS or meta.label_lower in SIGNIN_MODELS
        return "signin" if mine else "default"

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        """Both aliases are roles in one database, so any relation is real."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Migrations run on one connection, as the owner."""
        return db == "default"
