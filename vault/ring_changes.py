"""Changing the key ring's file: one atomic replacement, one changer at a time, nothing of it ever torn."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vault import keyring
from vault.keyring import KEY_BYTES, Keyring, KeyringError

NUMBERED = re.compile(r"m([0-9]{1,9})")


def add_key(path: Path, *, again: bool = False) -> Keyring:
    """The ring with a new active key beside the older ones. Raises KeyringError.

    Where it holds an older key already, a rotation is under way and the ring stays as it is; ``again`` begins
    another one all the same.
    """
    with _alone(path) as ring:
        if len(ring.keys) > 1 and not again:
            return ring
        name = _next_name(ring)
        keys = {**ring.keys, name: os.urandom(KEY_BYTES)}
        return _replace(path, Keyring(name, keys, ring.sinks))


def drop_key(path: Path, name: str) -> Keyring:
    """The ring without the key ``name``; what checks the second sink's lines of its time stays.

    Raises KeyringError for the active key. Nothing happens where it is gone.
    """
    with _alone(path) as ring:
        if name == ring.active:
            raise KeyringError(f"{name} is the active master key: it stays.")
        if name not in ring.keys:
            return ring
        keys = {one: key for one, key in ring.keys.items() if one != name}
        sinks = {**ring.sinks, name: ring.sink_key(name)}
        return _replace(path, Keyring(ring.active, keys, sinks))


def _next_name(ring: Keyring) -> str:
    """A name that this ring has never had: what bears an old one must not open under a new key."""
    found = [NUMBERED.fullmatch(name) for name in (*ring.keys, *ring.sinks)]
    return f"m{1 + max((int(match[1]) for match in found if match), default=0)}"


@contextmanager
def _alone(path: Path) -> Iterator[Keyring]:
    """The ring as it is now, while nobody else changes it. The lock ends with the process that holds it."""
    folder = os.open(path.resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield keyring.read(path)
    finally:
        os.close(folder)


def _replace(path: Path, ring: Keyring) -> Keyring:
    """Put ``ring`` in the place of the file, also behind a link. Whoever reads sees one or the other."""
    place = path.resolve()
    new = place.with_name(f".{place.name}.new")
    new.unlink(missing_ok=True)  # of somebody who was killed here
    keyring.write(new, ring)
    was = place.stat()
    if (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
        # Refused where it cannot be: a ring of somebody else's would lock every process out.
        os.chown(new, was.st_uid, was.st_gid)
    new.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return keyring.load(path)
