"""An erasure that is killed between any two steps of its code goes on where it was, and nothing is left.

The steps are not chosen by hand: whatever lines of ``rights/erasure`` run are found while one runs, and each
is the last one in a run of its own.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError

from confidential.environment import BASE
from rights.erasure import actions, ledger
from tests.making import erasures
from tests.making.clients import new_client
from tests.making.contacts import log_contact
from tests.making.erasures import faults, places_of
from tests.making.people import Cast

CODE = str(BASE / "rights" / "erasure")
Place = tuple[str, int]


class Stop:
    """Follows the lines of the code; kills this process the first time that it comes to one of them."""

    def __init__(self, at: Place | None = None) -> None:
        self.at = at
        self.passed: dict[Place, None] = {}

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        if not frame.f_code.co_filename.startswith(CODE):
            return None
        if event == "line":
            place = (Path(frame.f_code.co_filename).name, frame.f_lineno)
            self.passed[place] = None
            if place == self.at:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def whole(erasure: Any) -> None:
    """The worker, the sealer, and the worker again; nothing of the ledger is remembered from before."""
    ledger._read.cache_clear()
    erasures.work()
    erasures.seal_and_line()
    erasures.work()
    erasures.seal_and_line()
    erasures.carried_out(erasure)


def killed_at(place: Place, erasure: Any) -> bool:
    """Run it in a process that dies there; whether it came there."""
    child = os.fork()
    if child == 0:
        sys.settrace(Stop(place))
        try:
            whole(erasure)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def made(cast: Cast) -> tuple[Any, Any]:
    client = new_client(cast.volunteer)
    log_contact(cast.volunteer, client, "Talked.")
    return client, erasures.decided(cast, client)


def test_killed_anywhere_it_finishes(cast: Cast, superuser: psycopg.Connection) -> None:
    _, erasure = made(cast)
    stop = Stop()
    sys.settrace(stop)
    try:
        whole(erasure)
    finally:
        sys.settrace(None)
    lines = list(stop.passed)
    assert len(lines) > 50, lines
    before = faults()
    for place in lines:
        client, erasure = made(cast)
        assert killed_at(place, erasure), place
        written = len(ledger.read(settings.LEDGER_FILE))
        whole(erasure)
        assert erasures.state(erasure) == "done", place
        assert places_of(superuser, str(client.pk), client.reference) == [], place
        assert len(ledger.read(settings.LEDGER_FILE)) - written in (0, 1), place
    records = [line.record for line in ledger.read(settings.LEDGER_FILE)]
    assert len(records) == len(set(records)), "a record has two lines"
    assert faults() - before == set()


def test_nobody_takes_it_back_once_it_has_begun(cast: Cast) -> None:
    _, erasure = made(cast)
    erasures.work()
    assert erasures.state(erasure) == "begun"
    with cast.coordinator.actor().transaction() as actor, pytest.raises(ProgrammingError):
        actions.withdraw(by=actor, erasure=erasure)
    erasures.carried_out(erasure)
