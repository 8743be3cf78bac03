"""Which characters the bundled fonts can draw, read from the fonts' own character maps.
A character that none covers would abort the whole document (PDF/UA-1 forbids missing glyphs)."""

import struct
from functools import cache
from pathlib import Path

FONT_FOLDER = Path(__file__).parent / "fonts"
WEIGHTS = ("Regular", "Bold")


def _table(data: bytes, tag: bytes) -> int:
    """Offset of a table in an OpenType file (OpenType 1.9, "Table directory")."""
    count = struct.unpack_from(">H", data, 4)[0]
    for index in range(count):
        found, _checksum, offset, _length = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        if found == tag:
            return int(offset)
    raise ValueError(f"font without table {tag!r}")


def _segments(data: bytes, start: int) -> set[int]:
    """Characters of a format 4 subtable; a character whose glyph is 0 is not covered."""
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends_at = start + 14
    starts_at = ends_at + 2 * count + 2
    deltas_at, offsets_at = starts_at + 2 * count, starts_at + 4 * count
    covered: set[int] = set()
    for index in range(count):
        last = struct.unpack_from(">H", data, ends_at + 2 * index)[0]
        first = struct.unpack_from(">H", data, starts_at + 2 * index)[0]
        delta = struct.unpack_from(">H", data, deltas_at + 2 * index)[0]
        place = offsets_at + 2 * index
        offset = struct.unpack_from(">H", data, place)[0]
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", data, place + offset + 2 * (code - first))[0]
                if not glyph:
                    continue
            if (glyph + delta) % 0x10000:
                covered.add(code)
    return covered


def _groups(data: bytes, start: int) -> set[int]:
    """Characters of a format 12 subtable."""
    covered: set[int] = set()
    count = struct.unpack_from(">L", data, start + 12)[0]
    for index in range(count):
        first, last, glyph = struct.unpack_from(">LLL", data, start + 16 + 12 * index)
        covered.update(code for code in range(first, last + 1) if glyph + code - first)
    return covered


def characters_of(font: Path) -> set[int]:
    """All characters that a TrueType file maps to a glyph."""
    data = font.read_bytes()
    cmap = _table(data, b"cmap")
    covered: set[int] = set()
    readers = {4: _segments, 12: _groups}
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        offset = struct.unpack_from(">L", data, cmap + 4 + 8 * index + 4)[0]
        reader = readers.get(struct.unpack_from(">H", data, cmap + offset)[0])
        if reader:
            covered |= reader(data, cmap + offset)
    return covered


@cache
def covered_characters() -> frozenset[int]:
    """Characters that can be drawn in every weight the templates use."""
    by_weight = []
    for weight in WEIGHTS:
        fonts = [
            f for f in FONT_FOLDER.glob("*.ttf") if f.stem.endswith("Bold") == (weight == "Bold")
        ]
        by_weight.append(set().union(*(characters_of(font) for font in fonts)))
    return frozenset(set.intersection(*by_weight))
