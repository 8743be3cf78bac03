"""Days and times as people read them on pages and in texts: in French the first of a month is « 1er ».

Django writes "1 décembre". What is printed has its own words for this, in ``documents/templates/_base.typ``.
"""

from __future__ import annotations

import re
from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import get_language

FIRST = re.compile(r"(?<![\w/.:])1 (?=[^\W\d_])")


def written(value: date | time, form: str = "DATE_FORMAT") -> str:
    """A day, a time or both, in the language of the moment; another ``form`` is Django's."""
    return with_first(date_format(value, form))  # type: ignore[arg-type] # a time has a form too


def with_first(text: str) -> str:
    """A day that Django has written, with « 1er » where French writes it."""
    return FIRST.sub("1er ", text, count=1) if get_language() == "fr" else text
