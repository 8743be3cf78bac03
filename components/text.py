"""Text fields that take out what nobody typed on purpose: control, invisible and bidirectional characters.

A name that turns the writing direction reads as another one; numbers copied from a phone carry such marks."""

import re
import unicodedata
from typing import Any, Literal

from django import forms

LONG = 20_000
MARKS = 30
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"  # part of some scripts' spelling, and of pictures
# What a row of too many accents looks like at least: none of them is ASCII, a letter or a digit. The first is
# quicker to look for, and settles it for what is written in Latin letters.
_LONG_ROW = re.compile(rf"[^\x00-\x7f]{{{MARKS + 1}}}")
_MANY_MARKS = re.compile(rf"[^\w\x00-\x7f]{{{MARKS + 1}}}")


def normal(text: str, form: Literal["NFC", "NFKC", "NFKD"] = "NFC") -> str:
    """``text`` in a Unicode form, with at most ``MARKS`` accents on one letter.

    Python sorts the accents of a letter by insertion: a form of nothing but accents would take minutes.
    The bound is that of the Stream-Safe Text Format (UAX 15).
    """
    if text.isascii():
        return text
    if not (_LONG_ROW.search(text) and _MANY_MARKS.search(text)):
        return unicodedata.normalize(form, text)
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MARKS:
            kept.append(character)
    return unicodedata.normalize(form, "".join(kept))


def tidy(text: str, *, lines: bool = False) -> str:
    """``text`` in composed form, without control, format and private characters; line breaks if ``lines``."""
    text = _LINE_ENDS.sub("\n", normal(text))
    text = text.replace("\t", " ") if lines else text.replace("\t", " ").replace("\n", " ")
    return "".join(c for c in text if c == "\n" or c in _JOINERS or _is_plain(c))


def _is_plain(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def dialled(number: str) -> str:
    """A telephone number as a telephone dials it, without blanks; "" where there are no digits."""
    plain = number.replace("(0)", "") if number.lstrip().startswith("+") else number
    digits = "".join(c for c in plain if c.isascii() and (c.isdigit() or c == "+"))
    return digits if digits.strip("+") else ""


class CleanTextField(forms.CharField):
    """A text, tidied; ``removed`` says afterwards whether something had to be taken out.

    ``lines=True`` gives a field of several lines. Longer than ``max_length`` is refused.
    """

    def __init__(self, *, lines: bool = False, rows: int = 4, **kwargs: Any) -> None:
        self.lines = lines
        self.removed = False
        kwargs.setdefault("max_length", LONG if lines else 200)
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """The tidied text."""
        text = "" if value in self.empty_values else str(value)
        plain = tidy(text, lines=self.lines)
        harmless = _LINE_ENDS.sub("\n", normal(text)).replace("\t", " ")
        self.removed = plain != (harmless if self.lines else harmless.replace("\n", " "))
        return super().to_python(plain) or ""


def was_tidied(form: forms.BaseForm) -> bool:
    """Whether any text of this checked form lost characters, so that the page can say so."""
    return any(getattr(field, "removed", False) for field in form.fields.values())
