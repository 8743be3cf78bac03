"""The master key ring: one small file outside the database, of mode 0600, made by a command.

A master key wraps the keys of subjects and nothing else. The ring can hold older keys until all
wrapped keys have moved to the active one.
"""

from __future__ import annotations

import base64
import json
import os
import re
import stat
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.private import make_folder

KEY_BYTES = 32
NONCE_BYTES = 12
NAME = re.compile(r"[0-9A-Za-z._-]{1,32}")  # the database takes no wrapped key with another


class KeyringError(RuntimeError):
    """The key ring is missing, readable by others, or not a key ring; the message says what to do."""


@dataclass(frozen=True)
class Keyring:
    """Master keys by short name; ``active`` names the one that wraps."""

    active: str
    keys: dict[str, bytes]
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
            raise KeyringError(f"The key ring does not hold the master key {name!r}.")
        return self._cipher(name).decrypt(nonce, sealed, head + context)


def create(path: Path) -> Keyring:
    """Write a new ring with one random key to ``path``. Raises KeyringError if a file is there."""
    ring = Keyring(active="m1", keys={"m1": os.urandom(KEY_BYTES)})
    make_folder(path.parent)
    content = {
        "active": ring.active,
        "keys": {name: base64.b64encode(key).decode() for name, key in ring.keys.items()},
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyringError(f"{path} exists; a key ring is never overwritten.") from error
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    return ring


@lru_cache(maxsize=4)
def load(path: Path) -> Keyring:
    """Read a ring. Raises KeyringError when it is missing, open to others or malformed."""
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise KeyringError(
            f"No key ring at {path}: run `manage.py keyring_create`, or set CONFIDENTIAL_KEYRING."
        ) from error
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise KeyringError(f"{path} can be read by others: run `chmod 600` on it.")
    try:
        content = json.loads(path.read_text())
        keys = {name: base64.b64decode(key, validate=True) for name, key in content["keys"].items()}
        ring = Keyring(active=content["active"], keys=keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyringError(f"{path} is not a key ring.") from error
    if ring.active not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise KeyringError(f"{path} is not a key ring: a key is missing or of the wrong length.")
    if not all(map(NAME.fullmatch, keys)):
        raise KeyringError(f"{path} is not a key ring: a name is too long or has odd characters.")
    return ring
