"""The tables of the copy, as a French spreadsheet opens them: semicolons, local dates, a mark for UTF-8."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Channel
from components.spreadsheets import TableWriter
from rights.own_log.reading import Step

MARK = "\ufeff"  # by it a spreadsheet knows UTF-8
ROWS_AT_ONCE = 200


def contacts(data: dict[str, Any]) -> Iterator[bytes]:
    """Each contact with its note as it reads now."""
    head = [
        _("Date"),
        _("How"),
        _("You were reached"),
        _("Minutes"),
        _("Kilometres"),
        _("What was noted"),
        _("To do next"),
        _("To be continued on"),
        _("Files"),
    ]
    return _table(head, map(_contact, data["contacts"]))


def access_log(steps: Iterable[Step]) -> Iterator[bytes]:
    """Each event of the client's log by itself, in the order of time."""
    head = [_("Date"), _("Time"), _("Who"), _("Why"), _("What"), _("Refused"), _("Event")]
    return _table(head, map(_step, steps))


def _contact(one: dict[str, Any]) -> list[str]:
    if "removed_at" in one:  # it was about somebody else: the day is left, and that it was there
        return [_day(one["happened_on"]), "", "", "", "", _("Noted by mistake"), "", "", ""]
    note = one["note"]
    return [
        _day(one["happened_on"]),
        str(Channel(one["channel"]).label),
        _yes(one["reached"]),
        _number(one["minutes"]),
        _number(one["kilometres"]),
        note.get("text", ""),
        note.get("follow_up", ""),
        _day(one["follow_up_on"]),
        ", ".join(file["path"] for file in one["files"]),
    ]


def _step(step: Step) -> list[str]:
    at = timezone.localtime(step.at)
    return [
        _day(at),
        f"{at:%H:%M:%S}",
        step.who,
        step.why,
        step.what,
        _yes(step.refused),
        str(step.event),
    ]


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    file = io.StringIO(MARK)
    file.seek(0, io.SEEK_END)
    table = TableWriter(file, separator=";")
    table.add(head)
    for number, row in enumerate(rows, start=1):
        table.add(row)
        if number % ROWS_AT_ONCE == 0:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()


def _day(value: date | datetime | None) -> str:
    return f"{value:%d/%m/%Y}" if value else ""


def _yes(value: bool) -> str:
    return _("Yes") if value else _("No")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
