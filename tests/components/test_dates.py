"""In French the first of a month is « 1er », wherever a day is written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.timezone import localtime

from components.dates import written
from tests.making.templates import drawn

ROOT = Path(__file__).parent.parent.parent
PRODUCT = (
    "audit clients components confidential disclosures documents portal rights vault volunteers"
)
FIRST, ELEVENTH = date(2026, 12, 1), date(2026, 12, 11)
AT = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)  # five past one in Paris


@pytest.mark.parametrize(
    ("language", "value", "form", "text"),
    [
        ("fr", FIRST, "DATE_FORMAT", "1er décembre 2026"),
        ("fr", ELEVENTH, "DATE_FORMAT", "11 décembre 2026"),
        ("fr", AT, "DATETIME_FORMAT", "1er décembre 2026 à 01:05"),
        ("fr", AT, "j F, H:i", "1er décembre, 01:05"),
        ("fr", FIRST, "SHORT_DATE_FORMAT", "01/12/2026"),
        ("fr", FIRST, "F Y", "décembre 2026"),
        ("fr", time(1, 1), "TIME_FORMAT", "01:01"),
        ("en", FIRST, "DATE_FORMAT", "1 December 2026"),
    ],
)
def test_a_day_in_words(language: str, value: date | time, form: str, text: str) -> None:
    with translation.override(language):
        assert written(localtime(value) if value is AT else value, form) == text
        assert drawn("{{ value|date(form) }}", value=value, form=form) == text


def test_pages_write_it_too_where_nothing_is_said_of_how() -> None:
    with translation.override("fr"):
        assert drawn("{{ value|date }}", value=FIRST) == "1er décembre 2026"
        assert drawn("{{ value|datetime }}", value=AT) == "1er décembre 2026 à 01:05"
        assert drawn("{{ value }}", value=FIRST) == "1er décembre 2026"
        assert drawn('{{ _("Until %(day)s", day=value) }}', value=FIRST).endswith(
            "1er décembre 2026"
        )


def test_nobody_writes_a_day_in_another_way() -> None:
    paths = (path for folder in PRODUCT.split() for path in (ROOT / folder).rglob("*.py"))
    others = {
        path.relative_to(ROOT).as_posix() for path in paths if "date_format" in path.read_text()
    }
    assert others == {"components/dates.py"}
