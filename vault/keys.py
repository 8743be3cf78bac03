"""Keys of one subject (a client, a volunteer, the house) and the seal of one row.

A sealed value is ``scheme, form, key name, nonce, AES-256-GCM``. The associated data bind it to its
subject, table, row and revision, and to the clear columns of the row: a value that was moved, put back
or given another author does not open. The scheme is that of this module; the form is the table's own, and
says how the plain value is to be read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.derive import derive
from vault.keyring import KEY_BYTES, NONCE_BYTES, Keyring

SCHEME = 1
HEADER_BYTES = 2 + 4  # scheme, form, then the first four bytes of the key's fingerprint
SEALED_FROM = HEADER_BYTES + NONCE_BYTES


class Place(NamedTuple):
    """Where a sealed value lives: its table, row and revision, and what the row says in clear."""

    table: str
    row: UUID
    revision: int
    clear: bytes = b""

    def bind(self, subject: UUID) -> bytes:
        """The associated data of this place under ``subject``."""
        return bound_to(subject.bytes, self.table, self.row.bytes, self.revision, self.clear)


def bound_to(subject: bytes, table: str, row: bytes, revision: int, clear: bytes) -> bytes:
    """What a sealed value is bound to. Subject and row are the sixteen bytes of their ids."""
    return b"%b|%b|%b|%d|%b" % (subject, table.encode(), row, revision, clear)


class SealBroken(ValueError):
    """A sealed value did not open: altered, moved, of another revision, or under another key."""

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.place = place


def broken(error: Exception, place: Place) -> SealBroken:
    """What is said of a value that :meth:`Subkey.open` did not open."""
    if isinstance(error, InvalidTag):
        said = f"A value of {place.table} does not belong where it lies, or as it is."
        return SealBroken(said, place)
    return SealBroken("The value was sealed under another key.", place)


@dataclass(frozen=True)
class WrappedKeys:
    """What the database keeps of a subject's keys."""

    data: bytes
    audit: bytes


class Subkey(NamedTuple):
    """What seals and opens the rows of one table of a subject: the key's name, and a cipher of its own."""

    name: bytes
    cipher: AESGCM

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """The plain value. Raises ValueError for another key's name, InvalidTag for another place."""
        name, cipher = self
        header = sealed[:HEADER_BYTES]
        if header[2:] != name or header[0] != SCHEME:
            raise ValueError
        nonce, value = sealed[HEADER_BYTES:SEALED_FROM], sealed[SEALED_FROM:]
        return cipher.decrypt(nonce, value, header + bound)


def subkey(data: bytes, table: str) -> Subkey:
    """The key for one table, from a subject's data key."""
    key = derive(data, f"confidential/v1/{table}")
    return Subkey(sha256(b"key name" + key).digest()[:4], AESGCM(key))


@dataclass(slots=True)
class SubjectKeys:
    """The unwrapped keys of ``subject``. Never stored, never pickled, never copied."""

    subject: UUID
    data: bytes = field(repr=False)
    audit: bytes = field(repr=False)
    _subkeys: dict[str, Subkey] = field(default_factory=dict, repr=False, compare=False)

    def __reduce__(self) -> str:
        raise TypeError("Keys are neither pickled nor copied.")

    def _subkey(self, table: str) -> Subkey:
        if table not in self._subkeys:
            self._subkeys[table] = subkey(self.data, table)
        return self._subkeys[table]

    def seal(self, plain: bytes, place: Place, form: int = 1) -> bytes:
        """Seal ``plain``, which is of this form (1 to 255), for ``place``."""
        name, cipher = self._subkey(place.table)
        header = bytes((SCHEME, form)) + name
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + cipher.encrypt(nonce, plain, header + place.bind(self.subject))

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Inverse of :meth:`seal`. Raises SealBroken unless value, place and key belong together."""
        try:
            return self._subkey(place.table).open(sealed, place.bind(self.subject))
        except (InvalidTag, ValueError) as error:
            raise broken(error, place) from error

    def cipher_for_file(self, file: UUID) -> AESGCM:
        """A cipher of its own for one file's chunks."""
        return AESGCM(derive(self.data, f"confidential/v1/file/{file}"))

    def fingerprint_key(self) -> bytes:
        """A key for keyed hashes of what must be compared without being read."""
        return derive(self.data, "confidential/v1/fingerprint")


def form_of(sealed: bytes) -> int:
    """In which form of its table a value was sealed. Trustworthy once the value has opened."""
    return sealed[1]


@dataclass(frozen=True)
class LogKeys:
    """What the audit key of a subject gives for the log: whoever holds these can open its leaves.

    ``commit`` binds a leaf to its event, ``tag`` finds the subject's leaves among all others.
    """

    commit: bytes = field(repr=False)
    tag: bytes = field(repr=False)


def log_keys(audit: bytes) -> LogKeys:
    """The log's keys from a subject's audit key. Raises SealBroken for keys that open rows only.

    An empty key would derive well, into keys that everybody has.
    """
    if len(audit) != KEY_BYTES:
        raise SealBroken("These keys open nothing of the log.")
    return LogKeys(
        derive(audit, "confidential/v1/log/commit"), derive(audit, "confidential/v1/log/tag")
    )


def unwrap_audit(subject: UUID, wrapped: bytes, ring: Keyring) -> bytes:
    """The audit key of ``subject`` alone. Raises SealBroken for another subject's."""
    try:
        return ring.unwrap(wrapped, subject.bytes + b"audit")
    except InvalidTag as error:
        raise SealBroken("The wrapped key is not this subject's.") from error


def generate(subject: UUID, ring: Keyring) -> tuple[SubjectKeys, WrappedKeys]:
    """New random keys for ``subject``, and their wrapped form."""
    keys = SubjectKeys(subject, os.urandom(KEY_BYTES), os.urandom(KEY_BYTES))
    return keys, WrappedKeys(
        data=ring.wrap(keys.data, subject.bytes + b"data"),
        audit=ring.wrap(keys.audit, subject.bytes + b"audit"),
    )


def unwrap(subject: UUID, wrapped: WrappedKeys, ring: Keyring) -> SubjectKeys:
    """The keys of ``subject`` from their wrapped form. Raises SealBroken for another subject's."""
    try:
        return SubjectKeys(
            subject,
            ring.unwrap(wrapped.data, subject.bytes + b"data"),
            ring.unwrap(wrapped.audit, subject.bytes + b"audit"),
        )
    except InvalidTag as error:
        raise SealBroken("The wrapped keys are not this subject's.") from error
