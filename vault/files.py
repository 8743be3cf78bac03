"""Sealed files: chunks of AES-256-GCM under a key of the file's own, streamed, under random names."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.keys import SealBroken
from vault.private import make_folder

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


class FileKeys(Protocol):
    """What seals files: a subject's keys, or the key of one package."""

    def cipher_for_file(self, file: UUID) -> AESGCM:
        """A cipher of its own for one file's chunks."""
        ...


class Written(NamedTuple):
    """A sealed file: its id, its plain length in bytes, and the hash of what lies on the disk."""

    file: UUID
    size: int
    sha256: bytes


def path_of(root: Path, file: UUID) -> Path:
    """Where the sealed file lies below ``root``."""
    name = file.hex
    return root / name[:2] / name


def write(
    root: Path, keys: FileKeys, content: Iterable[bytes], *, file: UUID | None = None
) -> Written:
    """Seal ``content`` into a new file below ``root``.

    Whoever must know the id beforehand (to clear up after a kill) gives a fresh ``file``; never one
    that was used before, because its key would seal two contents. Nothing is left when this fails.
    """
    file = file or uuid4()
    path = path_of(root, file)
    make_folder(path.parent)
    cipher = keys.cipher_for_file(file)
    length, said = 0, hashlib.sha256()
    part = path.with_suffix(".part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for number, (chunk, last) in enumerate(_chunks(content)):
                # The key belongs to this file alone and the file is written once: counting is safe.
                sealed = cipher.encrypt(number.to_bytes(12), chunk, _binding(last))
                out.write(sealed)
                said.update(sealed)
                length += len(chunk)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.rename(path)
    return Written(file, length, said.digest())


def sealed_size(size: int) -> int:
    """How many bytes a file of this plain length has on the disk."""
    return size + max(1, -(-size // CHUNK_BYTES)) * TAG_BYTES


def hash_of(path: Path) -> bytes:
    """The hash of a sealed file as it lies on the disk. Raises OSError when it is not there."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").digest()


def read(root: Path, keys: FileKeys, file: UUID) -> Iterator[bytes]:
    """The plain chunks of a file. Raises SealBroken when it was altered or cut short."""
    cipher = keys.cipher_for_file(file)
    with open(path_of(root, file), "rb") as source:
        number = 0
        chunk = source.read(CHUNK_BYTES + TAG_BYTES)
        while True:
            following = source.read(CHUNK_BYTES + TAG_BYTES)
            try:
                yield cipher.decrypt(number.to_bytes(12), chunk, _binding(not following))
            except InvalidTag as error:
                raise SealBroken("A file was altered or is not complete.") from error
            if not following:
                return
            chunk, number = following, number + 1


def remove(root: Path, file: UUID) -> None:
    """Delete a sealed file, or what a killed process left of it; nothing happens when it is gone."""
    path = path_of(root, file)
    path.unlink(missing_ok=True)
    path.with_suffix(".part").unlink(missing_ok=True)


def _binding(last: bool) -> bytes:
    return b"last" if last else b"more"


def _chunks(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) > CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES]), False
            del waiting[:CHUNK_BYTES]
    yield bytes(waiting), True
