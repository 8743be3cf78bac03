"""The log's signing key, in a file outside the database, and the checkpoints that it signs."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audit.checkpoint import Checkpoint
from audit.note import SigningKey, VerifierKey, sign_note
from vault.private import make_folder


def create(path: Path, origin: str) -> SigningKey:
    """Write a new key to ``path`` (mode 0600), its public half beside it. Raises FileExistsError."""
    key = SigningKey.make(origin)
    make_folder(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.text() + "\n")
        file.flush()
        os.fsync(file.fileno())
    public_file(path).write_text(f"{key.verifier}\n")
    return key


def public_file(path: Path) -> Path:
    """Where the public half lies."""
    return path.with_name(path.name + ".pub")


@lru_cache(maxsize=4)
def _read(path: Path) -> SigningKey:
    return SigningKey.read(path.read_text().strip())


def signing_key() -> SigningKey:
    """The key that the settings name. Raises ImproperlyConfigured without one, or with another log's."""
    if not settings.LOG_KEY_FILE or not settings.LOG_KEY_FILE.exists():
        raise ImproperlyConfigured(
            "The log has no key to sign with: run `manage.py log_key_create`, and set "
            "CONFIDENTIAL_LOG_KEY for the sealer. See docs/operations.md."
        )
    key = _read(settings.LOG_KEY_FILE)
    if key.name != settings.LOG_ORIGIN:
        raise ImproperlyConfigured(
            f"The log's key is that of {key.name}, but LOG_ORIGIN says {settings.LOG_ORIGIN}."
        )
    return key


def verifier_key() -> VerifierKey:
    """The public half, which the web process may read too."""
    return VerifierKey.read(settings.LOG_PUBLIC_KEY_FILE.read_text().strip())


def signed(size: int, root: bytes) -> str:
    """The signed checkpoint of a tree. The same tree gives the same bytes, whenever it is signed."""
    text = Checkpoint(settings.LOG_ORIGIN, size, root).text
    return sign_note(text, signing_key().sign(text))
