"""The days by which an answer is owed, against days worked by hand and by chance; and the same in the database."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.apps import holidays_last
from rights.requests.deadlines import last_year
from tests.making.deadlines import (
    PARIS,
    answer_due,
    days_to_answer,
    is_working_day,
    months_after,
)

# Received, the day at which we aim, the last day in law. Worked by hand with a calendar.
BY_HAND = [
    (date(2026, 1, 5), date(2026, 2, 5), date(2026, 2, 5)),  # a Thursday
    (date(2027, 1, 31), date(2027, 2, 26), date(2027, 3, 1)),  # 28 February 2027: a Sunday
    (date(2025, 1, 31), date(2025, 2, 28), date(2025, 2, 28)),  # no 31 February: a Friday
    (date(2028, 1, 31), date(2028, 2, 29), date(2028, 2, 29)),  # a leap year: a Tuesday
    (date(2028, 1, 29), date(2028, 2, 29), date(2028, 2, 29)),
    (date(2028, 2, 29), date(2028, 3, 29), date(2028, 3, 29)),
    (date(2026, 8, 31), date(2026, 9, 30), date(2026, 9, 30)),
    (date(2026, 12, 31), date(2027, 1, 29), date(2027, 2, 1)),  # 31 January 2027: a Sunday
    (date(2026, 2, 28), date(2026, 3, 27), date(2026, 3, 30)),  # the 28th, a Saturday; not the 31st
    (date(2026, 10, 1), date(2026, 10, 30), date(2026, 11, 2)),  # All Saints', a Sunday
    (date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 4)),  # 1 May, a Friday
    (date(2026, 3, 6), date(2026, 4, 3), date(2026, 4, 7)),  # Easter Monday
    (date(2026, 4, 14), date(2026, 5, 13), date(2026, 5, 15)),  # Ascension Day, a Thursday
    (date(2026, 4, 25), date(2026, 5, 22), date(2026, 5, 26)),  # Whit Monday
    (date(2026, 11, 25), date(2026, 12, 24), date(2026, 12, 28)),  # Christmas, then a weekend
    (date(2026, 3, 29), date(2026, 4, 29), date(2026, 4, 29)),  # summer time begins
    (date(2026, 10, 25), date(2026, 11, 25), date(2026, 11, 25)),  # and ends
]
IN_ALSACE = [
    (date(2026, 3, 3), date(2026, 4, 2), date(2026, 4, 7)),  # Good Friday, weekend, Easter Monday
    (date(2029, 11, 26), date(2029, 12, 24), date(2029, 12, 27)),  # 26 December, a Wednesday
    (date(2026, 1, 5), date(2026, 2, 5), date(2026, 2, 5)),
]
DAYS = st.dates(date(2025, 1, 1), date(2035, 8, 31))


@pytest.mark.parametrize(("received", "due", "latest"), BY_HAND)
def test_days_worked_by_hand(received: date, due: date, latest: date) -> None:
    assert days_to_answer(received)[1:] == (due, latest)


@pytest.mark.parametrize(("received", "due", "latest"), IN_ALSACE)
def test_days_in_alsace_and_moselle(received: date, due: date, latest: date) -> None:
    assert days_to_answer(received, local=True)[1:] == (due, latest)


def test_elsewhere_good_friday_and_26_december_are_days_like_others() -> None:
    assert days_to_answer(date(2026, 3, 3)).due == date(2026, 4, 3)
    assert days_to_answer(date(2029, 11, 26)).due == date(2029, 12, 26)


def test_two_months_more_count_from_receipt_and_within_the_first_month_only() -> None:
    received = date(2026, 1, 31)
    for asked in (date(2026, 2, 1), date(2026, 2, 28)):
        assert days_to_answer(received, extended=asked)[1:] == (date(2026, 4, 30),) * 2
    late = days_to_answer(received, extended=date(2026, 3, 1))
    assert late == days_to_answer(received)


def test_days_on_which_the_clock_stood_still_are_added() -> None:
    # 5 February and ten days: Sunday, 15 February.
    assert days_to_answer(date(2026, 1, 5), paused=10) == (
        date(2026, 2, 15),
        date(2026, 2, 13),
        date(2026, 2, 16),
    )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # Late in the evening in London it is already the next day in Paris.
        (datetime(2026, 1, 30, 23, 30, tzinfo=UTC), date(2026, 2, 27)),
        (datetime(2026, 2, 2, 23, 30, tzinfo=UTC), date(2026, 3, 3)),
        (datetime(2026, 2, 2, 22, 30, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 6, 28, 21, 59, tzinfo=UTC), date(2026, 7, 28)),  # 23:59 in Paris
        (datetime(2026, 6, 28, 22, 1, tzinfo=UTC), date(2026, 7, 29)),
        # The hour that summer time leaves out, and the one that winter time gives twice.
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 4, 29)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 1, 5, 10, 0, tzinfo=PARIS), date(2026, 2, 5)),
    ],
)
def test_the_day_of_receipt_is_the_one_in_paris(received: datetime, due: date) -> None:
    assert answer_due(received) == due


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 36))
def test_months_after_lands_in_the_right_month_and_never_later_than_the_same_day(
    day: date, months: int
) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(DAYS, st.booleans())
def test_we_aim_within_the_month_and_the_law_ends_on_the_next_working_day(
    day: date, local: bool
) -> None:
    end = months_after(day, 1)
    found = days_to_answer(day, local=local)
    assert found.due <= end <= found.latest
    for each in found[1:]:
        assert is_working_day(each, local=local)
    between = [found.due + timedelta(days=n) for n in range(1, (found.latest - found.due).days)]
    assert not any(is_working_day(each, local=local) for each in between)
    assert (end - found.due).days <= 4
    assert (found.latest - end).days <= 4


@given(st.dates(date(2025, 1, 1), date(2035, 8, 30)))
def test_a_later_request_is_never_due_earlier(day: date) -> None:
    after = days_to_answer(day + timedelta(days=1))
    assert after >= days_to_answer(day)


def test_the_database_counts_the_same_days(superuser: psycopg.Connection) -> None:
    """Each day of eleven years, with and without what moves it; far away, where no list of holidays is, too."""
    first = date(2024, 12, 1)
    asked = [
        (first + timedelta(days=n), n % 4 and n % 17, [None, 20, 40][n % 3], n % 2 == 0)
        for n in range(4100)
    ]
    for received, paused, after, local in asked:
        extended = received + timedelta(days=after) if after else None
        row = superuser.execute(
            "SELECT extend_by, due, latest FROM sec.days_to_answer(%s, %s, %s, %s)",
            [received, paused, extended, local],
        ).fetchone()
        assert row == days_to_answer(received, paused=paused, extended=extended, local=local)


def test_it_is_said_when_the_holidays_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the beginning of the last year in the file."""
    assert holidays_last(None) == []
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(last_year(), 1, 1))
    assert [said.id for said in holidays_last(None)] == ["rights.W001"]
