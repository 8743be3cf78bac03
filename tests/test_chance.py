"""Tests do not count on what nobody promised."""

from __future__ import annotations

import socket

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
    def mixed(number: str | None) -> list[int]:
        items = list(range(50))
        monkeypatch.setattr("tests.chance.SHUFFLE", number)
        in_any_order(items)  # type: ignore[arg-type]
        return items

    assert mixed(None) == list(range(50))
    assert mixed("7") == mixed("7") != mixed("8")
