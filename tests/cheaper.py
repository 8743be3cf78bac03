"""What all tests pay for again and again, made cheaper without touching what they are about."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware

from confidential import embedded
from volunteers import passwords

# The program's own; tests/volunteers/test_signin_password.py holds it to them.
REAL_COST = (passwords.MEMORY, passwords.ROUNDS, passwords.LANES)
LEAST_COST = (8, 1, 1)


def passwords_cost_little(patch: pytest.MonkeyPatch) -> None:
    """Passwords made in this process: their salts name the cost, so that every process can check them.

    A server or command that a test starts makes its own at the full cost.
    """
    for name, value in zip(("MEMORY", "ROUNDS", "LANES"), LEAST_COST, strict=True):
        patch.setattr(passwords, name, value)


def nobody_waits_for_the_disk(patch: pytest.MonkeyPatch) -> None:
    """Servers that this process starts write without making sure: a test kills processes, and no machine."""
    patch.setitem(embedded.SETTINGS, "fsync", "off")


def static_files_are_found_once(patch: pytest.MonkeyPatch) -> None:
    """Each test client loads the middleware anew, which would look for the same files on the disk each time."""
    found: dict[str, dict[str, Any]] = {}
    look_for = WhiteNoiseMiddleware.add_files_from_finders

    def add_files_from_finders(self: WhiteNoiseMiddleware) -> None:
        where = f"{self.static_prefix} {settings.STATICFILES_DIRS} {settings.INSTALLED_APPS}"
        if where not in found:
            look_for(self)
            found[where] = dict(self.files)
        self.files.update(found[where])

    patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files_from_finders)
