"""Checkpoints of the log and proofs that stand alone, as text (C2SP tlog-checkpoint, tlog-proof)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audit.note import Note, NoteError, VerifierKey, decoded, from_base64, to_base64

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_SIZE = 2**63 - 1
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """How large a log was and what it contained: the text that the log and its witnesses sign."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text of the note (tlog-checkpoint)."""
        lines = [self.origin, str(self.size), to_base64(self.root), *self.extensions]
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """The checkpoint in the text of a note; raises ``NoteError``."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise NoteError("A checkpoint has an origin, a size and a root, and no empty line.")
        origin, size, root, *extensions = lines[:-1]
        hashed = from_base64(root)
        if len(hashed) != 32:
            raise NoteError("The root of a checkpoint has 32 bytes.")
        return cls(origin, _number(size), hashed, tuple(extensions))


def open_checkpoint(
    data: bytes | str, log: VerifierKey, witnesses: Iterable[VerifierKey] = ()
) -> tuple[Checkpoint, dict[VerifierKey, int | None]]:
    """Read a checkpoint that ``log`` signed; also the keys that signed it (``Note.verified``).

    The origin must be the name of the log's key: a key signs for its own log alone.
    """
    note = Note.read(data)
    signed = note.verified([log, *witnesses])
    checkpoint = Checkpoint.read(note.text)
    if log not in signed:
        raise NoteError("The log has not signed this checkpoint.")
    if checkpoint.origin != log.name:
        raise NoteError("The checkpoint is that of another log.")
    return checkpoint, signed


# ---------------------------------------------------------------- proofs


@dataclass(frozen=True)
class InclusionText:
    """A proof that stands alone: the index, the path and the checkpoint (tlog-proof).

    ``checkpoint`` is the whole signed note, not yet checked; ``extra`` is never covered by anything.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {to_base64(self.extra)}"]
        lines = [PROOF_HEADER, *extra, f"index {self.index}", *map(to_base64, self.path)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def read(cls, data: bytes | str) -> InclusionText:
        """Take the text apart; raises ``NoteError``. The checkpoint is checked to be a note only."""
        head, empty, checkpoint = decoded(data).partition("\n\n")
        header, *lines = head.split("\n")
        if header != PROOF_HEADER or not empty:
            raise NoteError("This is no proof of inclusion.")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = from_base64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise NoteError("The proof has no index.")
        index = _number(lines.pop(0).removeprefix("index "))
        Note.read(checkpoint)
        return cls(index, read_hashes(lines), checkpoint, extra)


def read_hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """The hashes of a proof, one in base64 on each line, 63 at most."""
    hashes = tuple(map(from_base64, lines))
    if len(hashes) > 63 or any(len(value) != 32 for value in hashes):
        raise NoteError("A proof has at most 63 hashes of 32 bytes.")
    return hashes


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > MAX_SIZE:
        raise NoteError("This is no plain decimal number.")
    return int(text)
