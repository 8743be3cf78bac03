"""The keys of the log itself: they make and check keyed hashes, and open nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from django.conf import settings

from vault import keyring
from vault.keyring import KeyringError
from vault.keys import LogKeys, SealBroken, log_keys, unwrap_audit

HOUSE_LOCKED = "The keys of the house do not open: its master key is not in the ring."


class NotReadable(RuntimeError):
    """The log cannot be verified at all; the message says what to do."""


def keys_of_log(wrapped: Mapping[UUID, bytes]) -> dict[UUID, LogKeys]:
    """The keys that make and find the leaves of these subjects, from their wrapped audit keys.

    Subjects whose keys do not open are not among them: each caller says what that means.
    """
    ring = keyring.load(settings.KEYRING_FILE)
    found = {}
    for subject, key in wrapped.items():
        with suppress(KeyringError, SealBroken):
            found[subject] = log_keys(unwrap_audit(subject, bytes(key), ring))
    return found


def sink_key(name: str = "") -> tuple[str, bytes]:
    """A key for the second sink, from the ring's active master key or the named one, and that name.

    Raises KeyError when the ring does not know it. Of a master key that was destroyed it still knows this.
    """
    ring = keyring.load(settings.KEYRING_FILE)
    name = name or ring.active
    return name, ring.sink_key(name)
