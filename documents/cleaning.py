"""Text made safe to print: nothing invisible, nothing that turns the writing direction, nothing
that no font can draw. The rest stays as typed, and reaches typst as data, never as markup."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.coverage import covered_characters

REPLACEMENT = "\u25a1"  # an empty square, as fonts themselves draw what they lack
PARIS = ZoneInfo("Europe/Paris")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# A word longer than a line would run off the page: it may break after this many characters.
_LONG_WORD = re.compile(r"(\S{40})(?=\S)")
_MAY_BREAK = "\u200b"


def clean_text(text: str) -> str:
    """`text` with unified line ends, without control, format and bidirectional characters,
    and with an empty square for each character that no bundled font covers."""
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    return _LONG_WORD.sub(rf"\1{_MAY_BREAK}", text.translate(_kept))


class _Kept(dict[int, str]):
    """What becomes of each character: found out once, as a long record has the same ones again and again."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _drawn(chr(code))
        return found


def _drawn(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n":
        return character
    if category in ("Cc", "Cf") or _is_variation_selector(character):
        return ""
    drawable = category not in ("Cs", "Co", "Cn") and ord(character) in covered_characters()
    return character if drawable else REPLACEMENT


_kept = _Kept()


def _is_variation_selector(character: str) -> bool:
    code = ord(character)
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or code == 0x034F


def clean(value: Any) -> Any:
    """A copy of `value` that JSON can carry: every text cleaned, dates as ISO (times in
    Europe/Paris, to the minute), mappings and sequences copied, any other object by its text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, datetime):
        local = value.astimezone(PARIS) if value.tzinfo else value
        return local.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [clean(item) for item in value]
    return clean_text(str(value))
