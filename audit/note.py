"""Signed notes and cosignatures: the C2SP formats, read strictly.

Sources: C2SP signed-note and tlog-cosignature (Ed25519). What a reader must refuse is written there;
where the reader may choose, this one refuses. Checkpoints and proofs are in ``checkpoint.py``.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
COSIGNATURE = 0x04
TYPES = (ED25519, COSIGNATURE)
DASH = "\N{EM DASH} "
MAX_SIZE = 1_000_000
MAX_SIGNATURES = 100
MAX_NUMBER = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """A note that is not of the form, or is not signed by whom it should be."""


# ---------------------------------------------------------------- keys


def key_id(name: str, kind: int, public: bytes) -> int:
    """The short id that finds a key again (signed-note, "Signatures")."""
    hashed = sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()
    return int.from_bytes(hashed[:4], "big")


@dataclass(frozen=True)
class VerifierKey:
    """The public half: a name, the kind of signature, and 32 bytes of an Ed25519 key."""

    name: str
    public: bytes
    kind: int = ED25519
    id: int = field(init=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != 32 or self.kind not in TYPES:
            raise NoteError("This is no Ed25519 key of a known kind.")
        object.__setattr__(self, "id", key_id(self.name, self.kind, self.public))

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """The key in ``name+id+base64``, the way in which verifier keys are published."""
        name, shown, encoded = _three(text.strip())
        raw = from_base64(encoded)
        key = cls(name, raw[1:], raw[0] if raw else 0)
        if shown != f"{key.id:08x}":
            raise NoteError("The id of this key is not that of its name and bytes.")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.id:08x}+{to_base64(bytes([self.kind]) + self.public)}"

    def check(self, text: str, signature: bytes) -> int | None:
        """Raise ``NoteError`` unless the key signed ``text``; the time of a cosignature, else None."""
        message, time = text.encode(), None
        if self.kind == COSIGNATURE:
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if time > MAX_NUMBER:
                raise NoteError(f"The cosignature of {self.name} has no possible time.")
            message = cosigned(text, time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise NoteError(f"The signature of {self.name} is false.") from None
        return time


@dataclass(frozen=True)
class SigningKey:
    """The private half. Its text form is that of Go's note package; it belongs in a file of its own."""

    name: str
    private: bytes = field(repr=False)
    kind: int = ED25519

    @classmethod
    def make(cls, name: str, kind: int = ED25519) -> SigningKey:
        """A new random key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw(), kind)

    @classmethod
    def read(cls, text: str) -> SigningKey:
        """The key in ``PRIVATE+KEY+name+id+base64``."""
        prefix = "PRIVATE+KEY+"
        if not text.startswith(prefix):
            raise NoteError("This is no private key of a note.")
        name, shown, encoded = _three(text[len(prefix) :].strip())
        raw = from_base64(encoded)
        if len(raw) != 33 or raw[0] not in TYPES:
            raise NoteError("This is no private Ed25519 key of a known kind.")
        key = cls(name, raw[1:], raw[0])
        if shown != f"{key.verifier.id:08x}":
            raise NoteError("The id of this key is not that of its name and bytes.")
        return key

    def text(self) -> str:
        """The private key as text. Whoever reads it can sign."""
        shown = f"{self.verifier.id:08x}"
        return f"PRIVATE+KEY+{self.name}+{shown}+{to_base64(bytes([self.kind]) + self.private)}"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self._key().public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str, *, time: int | None = None) -> Signature:
        """The signature of a text that ends in a newline; a cosignature needs its ``time``."""
        if (self.kind == COSIGNATURE) != (time is not None):
            raise NoteError("A cosignature has a time, a signature has none.")
        if time is None:
            raw = self._key().sign(text.encode())
        else:
            raw = time.to_bytes(8, "big") + self._key().sign(cosigned(text, time))
        return Signature(self.name, self.verifier.id, raw)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private)


def cosigned(text: str, time: int) -> bytes:
    """What a witness signs at ``time`` in seconds since 1970 (tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


# ---------------------------------------------------------------- notes


@dataclass(frozen=True)
class Signature:
    """One line below a note: who says to have signed, with which key, and the bytes."""

    name: str
    key_id: int
    raw: bytes

    @property
    def line(self) -> str:
        """The line without its newline."""
        return f"{DASH}{self.name} {to_base64(self.key_id.to_bytes(4, 'big') + self.raw)}"

    @classmethod
    def read(cls, line: str) -> Signature:
        """The signature in a line without its newline."""
        name, space, encoded = line.removeprefix(DASH).partition(" ")
        if not line.startswith(DASH) or not space:
            raise NoteError("This is no signature line.")
        _check_name(name)
        raw = from_base64(encoded)
        if len(raw) < 5:
            raise NoteError("A signature is too short.")
        return cls(name, int.from_bytes(raw[:4], "big"), raw[4:])


@dataclass(frozen=True)
class Note:
    """A text with the signatures below it, which reading alone has not checked."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, data: bytes | str) -> Note:
        """Take a note apart; raises ``NoteError`` for anything that is not exactly of the form."""
        whole = decoded(data)
        at = whole.rfind("\n\n")
        if at < 0 or not whole.endswith("\n"):
            raise NoteError("A note is a text, an empty line and signatures.")
        lines = whole[at + 2 : -1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError("The note has too many signatures.")
        return cls(whole[: at + 1], tuple(map(Signature.read, lines)))

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(f"{signature.line}\n" for signature in self.signatures)

    def verified(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int | None]:
        """The keys among ``keys`` that signed, with the time of a cosignature.

        Signatures of unknown keys count for nothing. One false signature of a known key, or none at
        all of any known key, raises ``NoteError``.
        """
        known = {(key.name, key.id): key for key in keys}
        signed: dict[VerifierKey, int | None] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key:
                signed.setdefault(key, key.check(self.text, signature.raw))
        if not signed:
            raise NoteError("The note is not signed by a known key.")
        return signed


def sign_note(text: str, *signatures: Signature) -> str:
    """A whole note from a text that ends in a newline and its signatures."""
    note = str(Note(text, signatures))
    if Note.read(note) != Note(text, signatures):
        raise NoteError("This text cannot be a note.")
    return note


# ---------------------------------------------------------------- small parts


def decoded(data: bytes | str) -> str:
    """The text of a note, if it is UTF-8, not endless, and free of control characters."""
    if len(data) > MAX_SIZE:
        raise NoteError("The note is too long.")
    try:
        text = data.decode() if isinstance(data, bytes) else data
        text.encode()
    except UnicodeError:
        raise NoteError("The note is not UTF-8.") from None
    if _CONTROL.search(text):
        raise NoteError("The note has a control character.")
    return text


def _three(text: str) -> tuple[str, str, str]:
    """Name, id and base64, which may itself contain a plus."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise NoteError("A key is a name, an id and its bytes, with a plus between them.")
    return parts[0], parts[1], parts[2]


def _check_name(name: str) -> None:
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise NoteError("The name of a key has no space and no plus, and is not empty.")


def to_base64(raw: bytes) -> str:
    """Standard base64 (RFC 4648, section 4)."""
    return b64encode(raw).decode()


def from_base64(text: str) -> bytes:
    """The bytes of standard base64 in its one canonical form."""
    try:
        raw = b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise NoteError("This is no base64.") from None
    if to_base64(raw) != text:
        raise NoteError("This base64 is not in its canonical form.")
    return raw
