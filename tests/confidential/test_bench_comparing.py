"""What `make bench` says of figures that changed since they were stored."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import comparing, processor
from benchmarks.comparing import ONCE, Machine, Stored
from benchmarks.figures import PROCESSOR_MS, Figure, Rounds, plain, ratio

HERE = Machine("a processor", 2, 24, "3.11.7")
SAME_PROCESSOR = replace(HERE, cores=8)
ELSEWHERE = replace(HERE, processor="another")


def figure(value: float, noise: float | None = 0.01, **changes: Any) -> Figure:
    """A ratio where more is better."""
    return Figure("page", 10, value, "ratio", "bare", None, None, "higher", **changes, noise=noise)


def changes(before: Figure, now: Figure, there: Machine = HERE) -> list[comparing.Change]:
    return comparing.compared([now], HERE, {before.key: Stored(before, there)})


def test_a_change_beyond_the_noise_of_both_runs_is_said() -> None:
    (worse,) = changes(figure(1.0), figure(0.90))
    assert worse.slower and not worse.faster
    (better,) = changes(figure(1.0), figure(1.10))
    assert better.faster and not better.slower
    text = comparing.said([better, worse], 3)
    assert text.index("SLOWER") < text.index("1 -> 0.9") < text.index("Faster") < text.index("1.1")
    assert "3 not compared" in text


@pytest.mark.parametrize(("before", "now"), [(0.03, 0.01), (0.01, 0.03)])
def test_a_change_within_the_noise_of_either_run_is_not(before: float, now: float) -> None:
    (one,) = changes(figure(1.0, before), figure(0.93, now))
    assert not one.slower
    (one,) = changes(figure(1.0), figure(0.93))
    assert one.slower


def test_rounds_that_scatter_by_nothing_still_allow_a_little() -> None:
    (one,) = changes(figure(1.0, 0.0), figure(0.98, 0.0))
    assert not one.slower
    (one,) = changes(figure(1.0, 0.0), figure(0.95, 0.0))
    assert one.slower


def test_what_was_measured_once_is_judged_by_an_assumed_noise() -> None:
    (one,) = changes(figure(1.0, None), figure(0.8, None))
    assert one.allowed == pytest.approx(3 * ONCE * 2**0.5) and not one.slower
    (one,) = changes(figure(1.0, None), figure(0.6, None))
    assert one.slower


def test_less_is_better_where_the_figure_says_so() -> None:
    before = replace(figure(10.0), better="lower")
    (one,) = changes(before, replace(before, value=12.0))
    assert one.slower and one.worse == pytest.approx(0.2)
    (one,) = changes(before, replace(before, value=8.0))
    assert one.faster


def test_only_what_means_the_same_there_is_compared_across_machines() -> None:
    units = {"ratio": True, PROCESSOR_MS: False, "requests/s": False, "ms": False}
    for unit, elsewhere in units.items():
        one = replace(figure(1.0), unit=unit)
        assert bool(changes(one, one, ELSEWHERE)) is elsewhere, unit
        assert bool(changes(one, one, SAME_PROCESSOR)) is (unit in ("ratio", PROCESSOR_MS)), unit
        assert changes(one, one, HERE), unit
    unknown = replace(figure(1.0), unit="requests/s")
    assert not comparing.compared([unknown], Machine(), {unknown.key: Stored(unknown, Machine())})


def test_a_figure_is_held_against_none_but_its_own() -> None:
    now = figure(0.5)
    for other in ({"size": 50}, {"name": "list"}, {"against": "usual"}, {"unit": "ms"}):
        assert changes(replace(figure(1.0), **other), now) == [], other


def test_nothing_is_said_of_what_has_no_share() -> None:
    assert changes(figure(0.0), figure(1.0)) == changes(figure(1.0), figure(-0.2)) == []


def test_keeping_stores_what_was_measured_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    large = replace(figure(2.0), size=1_000_000)
    comparing.keep([figure(1.0), large], ELSEWHERE, path)
    comparing.keep([figure(3.0, None)], HERE, path)
    assert comparing.read(path) == {
        figure(1.0).key: Stored(figure(3.0, None), HERE),
        large.key: Stored(large, ELSEWHERE),
    }
    comparing.only([figure(4.0)], HERE, path)
    assert [one.figure.value for one in comparing.read(path).values()] == [4.0]


def test_figures_stored_before_machines_were_named_are_read(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    row = {"name": "page", "size": 10, "value": 1.0, "unit": "ratio", "against": "bare"}
    path.write_text(json.dumps([row | {"must": 1, "aim": 2, "better": "higher"}]))
    (one,) = comparing.read(path).values()
    assert one.machine == Machine() and one.figure.noise is None
    assert comparing.read(tmp_path / "not there") == {}


def test_the_stored_figures_can_be_read() -> None:
    assert comparing.read(comparing.STORED)


def test_noise_is_that_of_the_middle_half_of_the_rounds() -> None:
    steady, wild = Rounds((10, 10.1, 9.9, 10, 30)), Rounds((5, 10, 15, 8, 12))
    assert steady.median == 10
    assert steady.noise is not None and wild.noise is not None
    assert steady.noise < 0.01 < 0.1 < wild.noise
    assert Rounds((1, 2)).noise is None
    longer = Rounds(wild.values * 4)
    assert longer.noise is not None and longer.noise < wild.noise


def test_a_ratio_of_rounds_leaves_out_what_slows_both_sides() -> None:
    one, other = Rounds((10, 5, 2.5)), Rounds((20, 10, 5))
    assert (one / other).values == (0.5, 0.5, 0.5)
    found = ratio("page", 10, one / other, "bare")
    assert (found.value, found.noise) == (0.5, 0.0)
    assert plain("page", 10, 3.14159, "ms").value == 3.14


def test_a_process_that_ended_takes_nothing_off_the_others() -> None:
    ended, goes_on, new = (processor.PROC / name for name in ("1", "2", "3"))
    before = {ended: 9_000_000_000, goes_on: 1_000_000_000}
    assert processor.spent(before, {goes_on: 3_000_000_000, new: 500_000_000}) == 2.5
    mine = processor.account([os.getpid()])
    assert mine and processor.spent(mine, processor.account([os.getpid()])) >= 0
