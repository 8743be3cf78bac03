"""The master key ring: one small file outside the database, of mode 0600, made by a command.

A master key wraps the keys of subjects and nothing else. The ring can hold older keys until all
wrapped keys have moved to the active one (``vault/ring_changes.py``, ``vault/rotation.py``). Whoever loads
it looks whether the file was replaced meanwhile: a process that runs needs no new start.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.derive import derive
from vault.private import make_folder

log = logging.getLogger("vault")
KEY_BYTES = 32
MARK_BYTES = 8
NONCE_BYTES = 12
NAME = re.compile(r"[0-9A-Za-z._-]{1,32}")  # the database takes no wrapped key with another


class KeyringError(RuntimeError):
    """The key ring is missing, readable by others, or not a key ring; the message says what to do."""


@dataclass(frozen=True)
class Keyring:
    """Master keys by short name; ``active`` names the one that wraps.

    Of a master key that was destroyed ``sinks`` keeps what checks the lines of the second sink: it is made
    of the master key, and does not lead back to it.
    """

    active: str
    keys: dict[str, bytes]
    sinks: dict[str, bytes] = field(default_factory=dict)
    path: Path | None = field(default=None, compare=False)
    # One cipher a key: making it costs more than unwrapping with it, and a search unwraps thousands.
    _ciphers: dict[str, AESGCM] = field(default_factory=dict, repr=False, compare=False)

    def _cipher(self, name: str) -> AESGCM:
        if name not in self._ciphers:
            self._ciphers[name] = AESGCM(self.keys[name])
        return self._ciphers[name]

    def __repr__(self) -> str:
        return f"<Keyring of {len(self.keys)}, active {self.active}>"

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        """Wrap a 32-byte key: length of name, name, nonce, AES-256-GCM. ``context`` is bound to it."""
        name = self.active.encode()
        nonce = os.urandom(NONCE_BYTES)
        head = bytes([len(name)]) + name
        return head + nonce + self._cipher(self.active).encrypt(nonce, plain, head + context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Inverse of :meth:`wrap`. Raises KeyringError for an unknown key, InvalidTag for a moved one."""
        end = 1 + (wrapped[0] if wrapped else 0)
        start = end + NONCE_BYTES
        head, nonce, sealed = wrapped[:end], wrapped[end:start], wrapped[start:]
        if len(nonce) < NONCE_BYTES:
            raise KeyringError("This is no wrapped key.")
        name = head[1:].decode(errors="replace")
        if name not in self.keys:
            newer = (
                load(self.path) if self.path else self
            )  # the ring was replaced since this one was read
            if name not in newer.keys:
                raise KeyringError(f"The key ring does not hold the master key {name!r}.")
            return newer.unwrap(wrapped, context)
        return self._cipher(name).decrypt(nonce, sealed, head + context)

    def sink_key(self, name: str) -> bytes:
        """The key of the second sink's lines that were written under this master key. Raises KeyError."""
        if name in self.keys:
            return derive(self.keys[name], "confidential/v1/log/sink")
        return self.sinks[name]

    def mark(self, name: str) -> bytes:
        """By which the database knows a master key again: two keys of one name would not be noticed."""
        return derive(self.keys[name], "confidential/v1/ring/mark")[:MARK_BYTES]


def create(path: Path) -> Keyring:
    """Write a new ring with one random key to ``path``. Raises KeyringError if a file is there."""
    ring = Keyring(active="m1", keys={"m1": os.urandom(KEY_BYTES)})
    make_folder(path.parent)
    try:
        write(path, ring)
    except FileExistsError as error:
        raise KeyringError(f"{path} exists; a key ring is never overwritten.") from error
    return ring


def write(path: Path, ring: Keyring) -> None:
    """Write ``ring`` to a new file and bring it to disk. Raises FileExistsError."""
    content = {"active": ring.active, "keys": _text(ring.keys)}
    if ring.sinks:
        content["sinks"] = _text(ring.sinks)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())


def _text(keys: dict[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(key).decode() for name, key in keys.items()}


def _bytes(keys: dict[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(key, validate=True) for name, key in keys.items()}


@dataclass
class _Held:
    """A ring that was read, how its file looked then, and what was said of one that cannot be read."""

    ring: Keyring
    seen: tuple[Any, ...]
    said: str = ""


_held: dict[Path, _Held] = {}


def load(path: Path) -> Keyring:
    """The ring at ``path``, read again when its file was replaced.

    Raises KeyringError when it is missing, open to others or malformed. Where that happens to a process that
    holds a ring, it goes on with that one and says so.
    """
    held = _held.get(path)
    try:
        status = _look(path)
        seen = (status.st_ino, status.st_dev, status.st_mtime_ns, status.st_size, status.st_mode)
        if held and held.seen == seen:
            return held.ring
        ring = read(path)
    except KeyringError as error:
        if held is None:
            raise
        if held.said != str(error):
            held.said = str(error)
            log.error("The key ring is not read again: %s", error)
        return held.ring
    _held[path] = _Held(ring, seen)
    return ring


def _look(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except FileNotFoundError as error:
        raise KeyringError(
            f"No key ring at {path}: run `manage.py keyring_create`, or set CONFIDENTIAL_KEYRING."
        ) from error
    except OSError as error:
        raise KeyringError(f"{path} cannot be read: {error.strerror}.") from error


def read(path: Path) -> Keyring:
    """The ring as its file says it now. Raises KeyringError."""
    if stat.S_IMODE(_look(path).st_mode) & 0o077:
        raise KeyringError(f"{path} can be read by others: run `chmod 600` on it.")
    try:
        content = json.loads(path.read_text())
        keys, sinks = _bytes(content["keys"]), _bytes(content.get("sinks", {}))
        ring = Keyring(content["active"], keys, sinks, path)
    except OSError as error:
        raise KeyringError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyringError(f"{path} is not a key ring.") from error
    lengths = {len(key) for key in (*keys.values(), *sinks.values())}
    if ring.active not in keys or lengths != {KEY_BYTES}:
        raise KeyringError(f"{path} is not a key ring: a key is missing or of the wrong length.")
    if not all(map(NAME.fullmatch, (*keys, *sinks))):
        raise KeyringError(f"{path} is not a key ring: a name is too long or has odd characters.")
    return ring
