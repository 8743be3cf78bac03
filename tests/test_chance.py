"""Tests do not count on what nobody promised."""

from __future__ import annotations

import socket
from itertools import pairwise
from types import SimpleNamespace

import pytest

from tests.chance import in_any_order
from tests.making.clients import new_client
from tests.making.people import Cast
from volunteers.models import Duty


def test_nothing_reaches_the_network() -> None:
    for address in ("192.0.2.1", "example.org"):
        with pytest.raises(RuntimeError, match="network"):
            socket.create_connection((address, 80), timeout=1)


def test_rows_without_an_order_come_in_any(cast: Cast) -> None:
    new_client(cast.volunteer)
    with cast.coordinator.actor().transaction():
        assert not Duty._meta.ordering
        orders = {tuple(Duty.objects.values_list("pk", flat=True)) for _ in range(20)}
        told = {tuple(Duty.objects.order_by("pk").values_list("pk", flat=True)) for _ in range(20)}
    assert len(orders) > 1 and len(told) == 1


def test_order_of_the_tests_is_by_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """And those of one file stay together."""
    in_order = [f"test_{file}.py::{test}" for file in range(9) for test in range(9)]

    def mixed(number: str | None) -> list[str]:
        items = [SimpleNamespace(nodeid=name) for name in in_order]
        monkeypatch.setattr("tests.chance.SHUFFLE", number)
        in_any_order(items)  # type: ignore[arg-type]
        return [item.nodeid for item in items]

    assert mixed(None) == in_order
    assert sorted(mixed("7")) == in_order
    assert mixed("7") == mixed("7") != mixed("8")
    files = [name.split("::")[0] for name in mixed("7")]
    assert sum(one != other for one, other in pairwise(files)) == 8
