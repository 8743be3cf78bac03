"""The package's lock: a random key, wrapped by what only the recipient holds together.

The link's secret goes by one channel, the passphrase by another; neither is kept. Whoever steals the
database and the files has neither, so there is nothing to try; see docs/decisions.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from components.text import normal
from vault.derive import derive

# Letters that sound different on the telephone, in English and in French.
CONSONANTS = "bdfgklmnprstvz"
VOWELS = "aio"
GROUPS = 6  # of two syllables each: (14 * 3) ** 12 possibilities, 64 bits
SALT_BYTES = 16
KEY_BYTES = 32
NONCE_BYTES = 12
SCRYPT = {"n": 2**16, "r": 8, "p": 1}  # 64 MB and about 0.15 s a try


class WrongPassphrase(ValueError):
    """The passphrase and the link's secret do not open this package together."""


@dataclass(frozen=True)
class PackageKey:
    """The random key of one package; seals its file."""

    plain: bytes = field(repr=False)

    def cipher_for_file(self, file: UUID) -> AESGCM:
        """A cipher of its own for the file's chunks."""
        return AESGCM(derive(self.plain, f"confidential/v1/package/{file}"))


def new_key() -> PackageKey:
    """A new random key."""
    return PackageKey(os.urandom(KEY_BYTES))


def new_passphrase() -> str:
    """Six groups that can be said on the telephone, such as ``bado kimi lota rapi sivo nagi``."""
    syllable = lambda: secrets.choice(CONSONANTS) + secrets.choice(VOWELS)  # noqa: E731
    return " ".join(syllable() + syllable() for _ in range(GROUPS))


def normalise(typed: str) -> str:
    """A typed passphrase in its one form: letters only, without case, accents and separators."""
    bare = normal(typed.casefold(), "NFKD")
    return "".join(letter for letter in bare if letter.isascii() and letter.isalnum())


def wrap(key: PackageKey, passphrase: str, secret: str, delivery: UUID) -> tuple[bytes, bytes]:
    """Wrap the package's key for ``delivery``; returns salt and wrapped key."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    cipher = AESGCM(_derived(passphrase, secret, salt))
    return salt, nonce + cipher.encrypt(nonce, key.plain, delivery.bytes)


def unwrap(wrapped: bytes, passphrase: str, secret: str, salt: bytes, delivery: UUID) -> PackageKey:
    """Inverse of :func:`wrap`. Raises WrongPassphrase."""
    cipher = AESGCM(_derived(passphrase, secret, salt))
    try:
        plain = cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], delivery.bytes)
    except InvalidTag as error:
        raise WrongPassphrase("The package does not open.") from error
    return PackageKey(plain)


def _derived(passphrase: str, secret: str, salt: bytes) -> bytes:
    together = f"{secret}|{normalise(passphrase)}".encode()
    return Scrypt(salt=salt, length=KEY_BYTES, **SCRYPT).derive(together)
