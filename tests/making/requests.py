"""Requests about a client's data: heard, noted to, answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import door
from clients.models import Client
from rights.models import SubjectRequest, SubjectRequestWords
from rights.requests import actions
from rights.requests.actions import Received
from tests.making.clients import new_client
from tests.making.people import Cast, Someone
from vault.exceptions import Refused
from volunteers.actions import duties

DAYS = ("received_on_day", "received_on_month", "received_on_year")


def today() -> date:
    return timezone.localdate()


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def heard(by: Someone, client: Client, **more: Any) -> SubjectRequest:
    """A request that somebody recorded."""
    got = {"received_on": today(), "how": "phone", "quality": "self", "identity": "rung_back"}
    kind = more.pop("kind", "access")
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "request.record", "request")
        received = Received(**{**got, **more})
        return actions.ask(
            by=actor, client=client, keys=keys, kind=kind, words="All of it.", received=received
        )


def note(by: Someone, asked: SubjectRequest, kind: str, **more: Any) -> SubjectRequest:
    """Something noted to it; what it is then."""
    with by.actor().transaction() as actor:
        asked = SubjectRequest.objects.get(pk=asked.pk)
        keys = door.open_one(actor, asked.client_id, "request.view", "request")
        actions.note(by=actor, request=asked, keys=keys, kind=kind, **more)
        return SubjectRequest.objects.get(pk=asked.pk)


def answer(
    by: Someone, asked: SubjectRequest, *, refused: bool = False, text: str = "Here it is."
) -> SubjectRequest:
    """What it is once somebody answered."""
    with by.actor().transaction() as actor:
        asked = SubjectRequest.objects.get(pk=asked.pk)
        keys = door.open_one(actor, asked.client_id, "request.view", "request")
        words = SubjectRequestWords.objects.get(request=asked).unlock(keys)
        actions.answer(
            by=actor,
            request=asked,
            words=words,
            revision=words.revision,
            text=text,
            refused=refused,
        )
        return SubjectRequest.objects.get(pk=asked.pk)


def why_not(act: Callable[..., Any], *args: Any, **more: Any) -> str:
    """The rule that refuses an act."""
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    assert caught.value.message
    return caught.value.constraint


def form(client: Client, day: date, **more: str) -> tuple[str, dict[str, str]]:
    when = dict(zip(DAYS, (str(day.day), str(day.month), str(day.year)), strict=True))
    sent = {"kind": "access", "words": "A copy.", "how": "phone", "identity": "doubt"}
    return f"/clients/{client.pk}/requests/new/", {**sent, "quality": "self", **when, **more}


def given(cast: Cast, both: Someone) -> Client:
    """Their client."""
    client = new_client(both)
    branch = cast.north
    duties.appoint(by=cast.president.actor(), person=both.id, duty="coordinator", branch=branch)
    return client
