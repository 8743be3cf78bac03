"""A copy of a long record, and of one with large files: how long it takes, and how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from django.conf import settings

from audit import door
from clients.contacts.actions import contacts
from clients.models import Attachment, Contact
from confidential.environment import BASE
from rights.export import actions
from rights.export.archive import produce
from tests.making.exports import asked, latest, pages, taken
from tests.making.pace import pace
from tests.making.people import Cast, Someone
from tests.making.sealing import as_worker
from tests.making.spaces import Space
from vault import files

CONTACTS = 1000
MOST_SECONDS = 3.0  # of processor; on a quiet machine half of it
MEGABYTE = 1024 * 1024
MOST_MEMORY = 300 * MEGABYTE
# Runs one job in a worker process, and says how much memory it had at most.
MEASURED = """
import sys
sys.argv = ["manage.py", "procrastinate", "worker", "--one-shot"]
try:
    exec(compile(open("manage.py").read(), "manage.py", "exec"), {"__name__": "__main__", "__file__": "manage.py"})
except SystemExit:
    pass
# Not getrusage: that remembers, across exec, how large the process was that began this one.
held = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("peak", int(held.split()[1]) * 1024)
"""


def worked() -> int:
    """The peak of a worker that makes what waits, in bytes."""
    environment = {key: value for key, value in os.environ.items() if key != "CONFIDENTIAL_ROLE"}
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "peak" in done.stdout, done.stderr[-3000:]
    return int(done.stdout.split("peak")[-1])


def log_many(by: Someone, own: Space, many: int) -> None:
    with by.actor().transaction() as actor:
        for number in range(many):
            new = contacts.NewContact(
                "phone",
                date(2026, 1, 5) + timedelta(days=number % 200),
                text=f"Call number {number}. " + "She slept badly and asked about the bus. " * 6,
            )
            contacts.log_contact(by=actor, client=own.client, new=new)


def a_megabyte_at_a_time(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes):
        yield os.urandom(MEGABYTE)


def test_a_thousand_contacts(helen: Someone, space: Callable[..., Space]) -> None:
    own = space(helen)
    log_many(helen, own, CONTACTS)
    export = asked(own)
    with as_worker():
        token = actions.begin_export(export.pk)
        started = time.process_time()
        produce(export.pk, token)
        seconds = time.process_time() - started
    archive = taken(own, latest(own))
    assert f"Call number {CONTACTS - 1}." in pages(archive)
    asked(own)
    peak = worked()
    assert latest(own).state == "ready"
    assert peak < MOST_MEMORY
    assert seconds < MOST_SECONDS * pace()


def test_two_hundred_megabytes(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    with cast.volunteer.actor().transaction() as actor:
        contact = Contact.objects.filter(client=own.client).latest("made_at")
        keys = door.open_one(actor, own.client.pk, "attachment.add", "support")
        for number in range(10):
            file, size, sha256 = files.write(settings.FILES_ROOT, keys, a_megabyte_at_a_time(20))
            Attachment.new(
                keys,
                client_id=own.client.pk,
                contact=contact,
                file=file,
                size=size,
                sha256=sha256,
                by_id=cast.volunteer.id,
                name=f"scan-{number}.pdf",
                content_type="application/pdf",
            ).save()
    asked(own)
    peak = worked()
    export = latest(own)
    assert export.state == "ready"
    assert export.size and export.size > 190 * MEGABYTE
    assert peak < MOST_MEMORY
