"""One writer: logs that somebody looked at a record, again and again, each in its own transaction.

python -m benchmarks.log_writer KIND ADDRESS says when it is ready; for each line with a number of seconds
it writes for so long and prints how many it wrote.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from uuid import UUID

import psycopg

CLIENT, SOMEBODY = UUID(int=7), UUID(int=8)
STATEMENTS = {
    "plain": "SELECT bench_plain(%s, %s)",
    "own": "SELECT sec.bench_log(%s, %s)",
    "chain": "SELECT bench_chain(%s, %s)",
}


def statement(address: str, text: str) -> Callable[[], object]:
    """A statement that commits by itself."""
    connection = psycopg.connect(address, autocommit=True)
    connection.prepare_threshold = 1
    return lambda: connection.execute(text, [SOMEBODY, CLIENT])


def library(kind: str) -> Callable[[], object]:
    """How each library logs one look at a record."""
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.utils import timezone

    from benchmarks.rivals.models import Record

    record, user = Record.objects.get(), User.objects.get()
    if kind == "auditlog":
        from auditlog.models import LogEntry

        access = LogEntry.Action.ACCESS
        return lambda: LogEntry.objects.log_create(
            record, force_log=True, action=access, actor=user, changes=""
        )
    if kind == "easyaudit":
        from easyaudit.models import RequestEvent

        return lambda: RequestEvent.objects.create(
            url="/records/1/",
            method="GET",
            query_string="",
            user=user,
            remote_ip="",
            datetime=timezone.now(),
        )
    import pghistory

    return lambda: pghistory.create_event(record, label="viewed")


def main() -> None:
    """Write when told to."""
    kind, address = sys.argv[1:]
    act = statement(address, STATEMENTS[kind]) if kind in STATEMENTS else library(kind)
    act()
    print("ready", flush=True)
    for line in sys.stdin:
        count, end = 0, time.monotonic() + float(line)
        while time.monotonic() < end:
            act()
            count += 1
        print(count, flush=True)


if __name__ == "__main__":
    main()
