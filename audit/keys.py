"""The keys of the log itself: they make and check keyed hashes, and open nothing."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings

from vault import keyring
from vault.derive import derive
from vault.keys import LogKeys, log_keys, unwrap_audit


def keys_of_log(wrapped: Mapping[UUID, bytes]) -> dict[UUID, LogKeys]:
    """The keys that make and find the leaves of these subjects, from their wrapped audit keys."""
    ring = keyring.load(settings.KEYRING_FILE)
    return {
        subject: log_keys(unwrap_audit(subject, bytes(key), ring))
        for subject, key in wrapped.items()
    }


def sink_key(name: str = "") -> tuple[str, bytes]:
    """A key for the second sink, from the ring's active master key or the named one, and that name.

    Raises KeyError when the ring no longer holds it.
    """
    ring = keyring.load(settings.KEYRING_FILE)
    name = name or ring.active
    return name, derive(ring.keys[name], "confidential/v1/log/sink")
