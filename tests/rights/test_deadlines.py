"""The date by which an answer is owed, against dates worked by hand and by chance."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.requests.deadlines import PARIS, answer_due, months_after


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 1, 5, 10, 0, tzinfo=PARIS), date(2026, 2, 5)),
        (datetime(2026, 1, 31, 10, 0, tzinfo=PARIS), date(2026, 2, 28)),
        (datetime(2028, 1, 31, 10, 0, tzinfo=PARIS), date(2028, 2, 29)),  # a leap year
        (datetime(2028, 1, 29, 10, 0, tzinfo=PARIS), date(2028, 2, 29)),
        (datetime(2027, 1, 29, 10, 0, tzinfo=PARIS), date(2027, 2, 28)),
        (datetime(2026, 8, 31, 10, 0, tzinfo=PARIS), date(2026, 9, 30)),
        (datetime(2026, 12, 31, 10, 0, tzinfo=PARIS), date(2027, 1, 31)),
        (datetime(2026, 2, 28, 10, 0, tzinfo=PARIS), date(2026, 3, 28)),  # not the 31st
        # A Sunday and a public holiday (1 November 2026) give no delay.
        (datetime(2026, 10, 1, 10, 0, tzinfo=PARIS), date(2026, 11, 1)),
        # Late in the evening in London it is already the next day in Paris.
        (datetime(2026, 1, 31, 23, 30, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 1, 30, 22, 59, tzinfo=UTC), date(2026, 2, 28)),
        (
            datetime(2026, 6, 30, 21, 59, tzinfo=UTC),
            date(2026, 7, 30),
        ),  # summer time: 23:59 in Paris
        (datetime(2026, 6, 30, 22, 1, tzinfo=UTC), date(2026, 8, 1)),
        # The hour that summer time leaves out, and the one that winter time gives twice.
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 4, 29)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 11, 25)),
    ],
)
def test_answer_due_on_dates_worked_by_hand(received: datetime, due: date) -> None:
    assert answer_due(received) == due


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 36))
def test_months_after_lands_in_the_right_month_and_never_later_than_the_same_day(
    day: date, months: int
) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_one_month_is_between_28_and_31_days(day: date) -> None:
    assert 28 <= (months_after(day, 1) - day).days <= 31


@given(st.dates(date(2000, 1, 1), date(2099, 12, 30)))
def test_a_later_request_is_never_due_earlier(day: date) -> None:
    assert months_after(day + timedelta(days=1), 1) >= months_after(day, 1)
