"""A ZIP as a stream of bytes: nothing is held but the entry's current piece, nothing is written plain."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from components.text import normal

LONGEST_NAME = 80
_UNSAFE = re.compile(r"[^\w.\- ]+")


class _Pipe(io.RawIOBase):
    """Takes what the ZIP writer writes; gives it back in pieces. Cannot seek, and says so."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.pieces.append(bytes(data))
        return len(data)

    def take(self) -> Iterator[bytes]:
        """What has come since the last time."""
        pieces, self.pieces = self.pieces, []
        yield from pieces


def zipped(entries: Iterable[tuple[str, Iterable[bytes]]], *, at: datetime) -> Iterator[bytes]:
    """The bytes of a ZIP with these ``entries`` (name, content in pieces), made as they are asked for."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = ZipInfo(name, at.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            with archive.open(info, "w") as entry:
                for piece in content:
                    entry.write(piece)
                    yield from pipe.take()
            yield from pipe.take()
    yield from pipe.take()


def safe_name(name: str) -> str:
    """A file's name that harms nobody: no path, no control or direction marks, not hidden, not too long."""
    text = normal(name).replace("\\", "/").rsplit("/", 1)[-1]
    text = _UNSAFE.sub("_", text).strip(" ._")
    stem, dot, ending = text.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: LONGEST_NAME - len(ending) - 1].strip(' .')}.{ending}"
    return text[:LONGEST_NAME] or "file"
