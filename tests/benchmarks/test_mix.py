"""The mix of a load, and how its figures are made."""

from __future__ import annotations

import random
from collections import Counter
from itertools import islice

import pytest

from benchmarks import mix
from benchmarks.mix import Form, Step, Times, errands, growth, in_the_portal, percentile, shares

RECORDS = [f"/clients/{n}/" for n in range(3)]
PAGE = """<form action="/language/"><input name="csrfmiddlewaretoken" value="other"><button name="language" value="fr">
</button></form><form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="token">
<input type="radio" name="channel" value="phone" checked><input type="radio" name="channel" value="visit">
<input type="checkbox" name="urgent"><input name="day" value="28"><input type="file" name="file">
<textarea name="text"></textarea><textarea name="note">
as it was</textarea><input type="submit" name="go" value="1"></form>"""


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)]
)
def test_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    share: float, expected: float
) -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values[::-1], share) == expected


def test_percentile_of_few_and_of_none() -> None:
    assert percentile([], 0.95) == 0
    assert percentile([7.0], 0.5) == percentile([7.0], 0.99) == 7
    assert percentile([1.0, 2.0, 3.0], 0.5) == 2
    assert percentile([1.0, 2.0, 3.0], 0.95) == 3


def test_a_tenth_are_clients_and_nobody_is_left_out() -> None:
    assert shares(200) == (180, 20)
    assert shares(3) == (2, 1)
    assert shares(1) == (1, 0)


def test_errands_come_as_often_as_the_mix_says() -> None:
    steps = list(islice(errands(RECORDS, random.Random(1)), 30_000))
    began = Counter(step.kind for step in steps)
    saved = began["saving a contact"]
    drawn = {
        "home": began["home"],
        "record": began["record"] - saved,  # each saving leads to the record once more
        "contact": began["contact form"],
        "search": began["search form"],
    }
    assert sum(mix.ERRANDS.values()) == 100
    for name, share in mix.ERRANDS.items():
        assert drawn[name] / sum(drawn.values()) == pytest.approx(share / 100, abs=0.015)


def test_a_contact_is_its_form_then_saving_then_the_record() -> None:
    steps = list(islice(errands(RECORDS, random.Random(2)), 2_000))
    for at, step in enumerate(steps[:-2]):
        if step.kind == "contact form":
            saving, record = steps[at + 1], steps[at + 2]
            assert saving.kind == "saving a contact" and saving.path == step.path
            assert saving.fields and saving.fields[0][0] == "text"
            assert record == Step("record", step.path.removesuffix("contacts/new/"))
        if step.kind == "search form":
            assert steps[at + 1].fields and steps[at + 1].fields[0][0] == "words"


def test_two_people_do_not_walk_in_step() -> None:
    one, two = ([*islice(errands(RECORDS, random.Random(n)), 50)] for n in (1, 2))
    assert one != two
    assert {step.path for step in islice(in_the_portal(random.Random(1)), 100)} == set(mix.PORTAL)


def test_a_form_is_sent_as_a_browser_would_send_it() -> None:
    sent = Form(PAGE).filled((("text", "Rang them."),))
    assert sent == [
        ("csrfmiddlewaretoken", "token"),
        ("channel", "phone"),
        ("day", "28"),
        ("note", "as it was"),
        ("text", "Rang them."),
    ]
    with pytest.raises(ValueError, match="no form with words"):
        Form(PAGE).filled((("words", "x"),))


def test_the_table_has_every_page_and_all_of_them() -> None:
    times = Times()
    times.by_kind["home"] += [n / 1000 for n in range(1, 101)]
    times.by_kind["saving a contact"] += [0.5]
    times.errors["home: answered 503"] += 2
    lines = times.table().splitlines()
    assert "| home | 100 | 50 ms | 95 ms | 99 ms | 100 ms |" in lines
    assert lines[-1] == "| **all** | 101 | 51 ms | 96 ms | 100 ms | 500 ms |"
    assert times.count() == 103
    assert times.p95_ms() == pytest.approx(96) and times.p95_ms("home") == pytest.approx(95)


def test_growth_leaves_out_the_first_quarter_and_counts_for_10_000_requests() -> None:
    warming = [(0, 100.0), (1_000, 180.0), (2_000, 199.0)]
    slope, ratio = growth([*warming, *((n, 200 + n / 1_000) for n in range(3_000, 10_001, 500))])
    assert slope == pytest.approx(10) and ratio == pytest.approx(210 / 203)
    assert growth([]) == growth([(5, 1.0)]) == growth([(0, 1.0), (0, 2.0)]) == (0.0, 1.0)
