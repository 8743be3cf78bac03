"""Object permissions from guardian's rows, which the database derives from the ledger."""

from __future__ import annotations

from typing import Any

from guardian.backends import ObjectPermissionBackend

from volunteers.models import User


class NeedToKnowBackend(ObjectPermissionBackend):
    """Guardian's answer, and nobody else's: no superuser, no permission without an object."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether a live permission on this very object exists. False for anything else."""
        if obj is None or not isinstance(user_obj, User) or user_obj.is_superuser:
            return False
        return super().has_perm(user_obj, perm, obj)
