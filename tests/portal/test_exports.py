"""Taking one's data away: asked for in the portal, made by a real worker, sealed on disk, downloaded."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from pypdf import PdfReader

from audit import door
from clients.contacts.actions import contacts
from clients.models import Attachment, Contact, ContactNote
from components.zipping import safe_name
from confidential.environment import BASE
from rights.export import actions
from tests.access.world import World
from tests.making.contacts import log_contact
from tests.making.exports import asked, latest, made, pages, taken
from tests.making.people import Cast, Someone
from tests.making.schemas import SCHEMA, disagreeing
from tests.making.sealing import seal_all
from tests.making.servers import work
from tests.making.spaces import Space
from vault import files

SCRIPT = '<script>alert("x")</script> #strong[x] $1+1$ {{ 7*7 }}'


def without_tokens(page: bytes) -> bytes:
    """A page without the token of its forms, which is masked anew each time."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"", page)


def correct(by: Someone, contact: Contact, words: str) -> None:
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, contact.client_id, "contact.correct", "support")
        note = ContactNote.objects.get(contact=contact).unlock(keys)
        contacts.correct_note(by=actor, note=note, text=words, reason="Wrong day.")


def attach(by: Someone, contact: Contact, name: str, content: bytes) -> UUID:
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, contact.client_id, "attachment.add", "support")
        file, size, sha256 = files.write(settings.FILES_ROOT, keys, [content])
        Attachment.new(
            keys,
            client_id=contact.client_id,
            contact=contact,
            file=file,
            size=size,
            sha256=sha256,
            by_id=by.id,
            name=name,
            content_type="text/plain",
        ).save()
    return file


@pytest.fixture
def worker_names(cast: Cast, superuser: psycopg.Connection):  # type: ignore[no-untyped-def]
    """Everybody who serves has a name that can be looked for."""
    superuser.execute("UPDATE volunteers_person SET working_name = 'Wachter ' || working_name")
    yield "Wachter"
    superuser.execute(
        "UPDATE volunteers_person SET working_name = replace(working_name, 'Wachter ', '')"
    )


def test_the_copy_holds_everything_and_nothing_of_others(
    cast: Cast, space: Callable[..., Space], worker_names: str
) -> None:
    own, other = space(), space(given_name="Rosalind")
    log_contact(cast.volunteer, other.client, "Rosalind is somebody else.")
    for number in range(12):
        log_contact(
            cast.volunteer,
            own.client,
            f"Contact number {number}. {SCRIPT}",
            date(2026, 3, 1 + number),
        )
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.filter(client=own.client).earliest("happened_on")
    correct(cast.volunteer, contact, "Sleeps badly since Wednesday.")
    attach(cast.volunteer, contact, "../../etc/cron.d/pässwd\u202e.txt", b"Attached words.")
    own.browser.post(reverse("portal_request_add"), {"kind": "correction", "words": "I am eighty."})
    own.browser.get(reverse("portal_record"))

    export = made(own)
    archive = taken(own, export)
    assert archive.testzip() is None
    data = json.loads(archive.read("record.json"))

    assert len(data["contacts"]) == 13
    texts = [one["note"]["text"] for one in data["contacts"]]
    assert f"Contact number 11. {SCRIPT}" in texts
    corrected = data["contacts"][-1]["note"]
    assert corrected["text"] == "Sleeps badly since Wednesday."
    assert corrected["earlier"][0]["text"] == "Sleeps badly since Tuesday."
    assert data["identity"]["given_name"] == "Odile"
    assert data["background"]["text"] == "Lives alone near the old mill."
    assert data["explanations"][0]["words"] == "That is fine."
    assert data["requests"][0]["asked"] == "I am eighty."
    assert {one["role"] for one in data["who_has_seen"]} >= {"volunteer", "client"}
    assert data["who_may_see"][0]["role"] == "volunteer"

    (name,) = [name for name in archive.namelist() if name.startswith("files/")]
    assert archive.read(name) == b"Attached words."
    assert name == "files/0001-pässwd_.txt"
    printed = pages(archive)
    assert "Contact number 11." in printed
    assert "<script>" in printed

    whole = archive.read("record.json").decode() + printed
    assert worker_names not in whole
    assert "Rosalind" not in whole
    for someone in (cast.volunteer, cast.coordinator):
        assert str(someone.id) not in whole
    assert str(other.client.pk) not in whole

    sealed = files.path_of(settings.FILES_ROOT, export.file).read_bytes()
    for words in (b"Odile", b"Contact number", b"record.json", b"PK\x03\x04"):
        assert words not in sealed
    assert not list(Path(settings.FILES_ROOT).rglob("*.part"))


def test_another_clients_copy_and_an_unknown_one_look_alike(space: Callable[..., Space]) -> None:
    own, other = space(), space()
    export = made(other)
    unknown = uuid4()
    hidden = own.browser.get(reverse("portal_export_get", args=[export.pk]))
    absent = own.browser.get(reverse("portal_export_get", args=[unknown]))
    assert hidden.status_code == absent.status_code == 404
    # The switch of languages leads back to the asked address.
    same = absent.content.replace(str(unknown).encode(), str(export.pk).encode())
    assert without_tokens(hidden.content) == without_tokens(same)


def test_downloading_is_logged_before_it_starts_and_needs_a_fresh_sign_in(
    space: Callable[..., Space], sign_in: Callable[..., Browser], superuser: psycopg.Connection
) -> None:
    own = space()
    export = made(own)
    address = reverse("portal_export_get", args=[export.pk])
    stale = sign_in(own.user, fresh=False).get(address)
    assert stale.status_code == 302
    response = own.browser.get(address)
    events = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE subject = %s AND action = 'export.take' AND outcome = 'done'",
        [own.client.pk],
    ).fetchone()
    assert events == (1,)
    assert latest(own).taken_at
    assert b"".join(response.streaming_content).startswith(b"PK")


def test_asking_twice_makes_one_and_a_doubled_job_does_nothing(
    space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    first = asked(own)
    assert asked(own).pk == first.pk
    superuser.execute(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[('default', 'rights.make_export', 0, NULL, NULL, %s, NULL)::procrastinate_job_to_defer_v1])",
        [json.dumps({"export_id": str(first.pk)})],
    )
    work()
    export = latest(own)
    assert (export.pk, export.state) == (first.pk, "ready")
    work()
    assert latest(own).file == export.file
    states = superuser.execute(
        "SELECT status, count(*) FROM procrastinate_jobs WHERE args->>'export_id' = %s GROUP BY 1",
        [str(first.pk)],
    ).fetchall()
    assert states == [("succeeded", 2)]
    made_events = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE subject = %s AND action = 'export.make'",
        [own.client.pk],
    ).fetchone()
    assert made_events == (1,)


def test_job_arguments_hold_ids_only(
    space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    export = asked(own)
    (arguments,) = superuser.execute(
        "SELECT args FROM procrastinate_jobs WHERE args->>'export_id' = %s", [str(export.pk)]
    ).fetchone()
    assert arguments == {"export_id": str(export.pk)}
    work()


def test_progress_comes_as_a_page_and_as_a_fragment(space: Callable[..., Space]) -> None:
    own = space()
    asked(own)
    page = own.browser.get(reverse("portal_export")).content.decode()
    assert "<progress" in page
    assert 'hx-trigger="every 2s"' in page
    fragment = own.browser.get(reverse("portal_export"), headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    work()
    ready = own.browser.get(reverse("portal_export")).content.decode()
    assert "Your copy is ready" in ready
    assert "hx-trigger" not in ready


def test_a_failure_is_said_and_can_be_tried_again(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.get(client=own.client)
    file = attach(cast.volunteer, contact, "letter.txt", b"Words.")
    path = files.path_of(settings.FILES_ROOT, file)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    asked(own)
    worked = work()
    failed = latest(own)
    assert failed.state == "failed"
    assert "Sleeps badly" not in worked.stdout + worked.stderr
    shown = own.browser.get(reverse("portal_export")).content.decode()
    assert "could not be prepared" in shown
    assert own.browser.get(reverse("portal_export_get", args=[failed.pk])).status_code == 404
    path.write_bytes(good)
    again = made(own)
    assert again.pk != failed.pk
    assert taken(own, again).read("files/0001-letter.txt") == b"Words."


def test_a_killed_worker_is_made_good(
    space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    export = asked(own)
    # The worker is killed while the export waits for a row that somebody else holds.
    superuser.execute("BEGIN")
    superuser.execute("SELECT FROM rights_export WHERE id = %s FOR UPDATE", [export.pk])
    environment = {key: value for key, value in os.environ.items() if key != "CONFIDENTIAL_ROLE"}
    worker = subprocess.Popen(
        [sys.executable, str(BASE / "manage.py"), "procrastinate", "worker"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with psycopg.connect(superuser.info.dsn, autocommit=True) as other:
        status = "SELECT status FROM procrastinate_jobs WHERE args->>'export_id' = %s"
        deadline = time.monotonic() + 30
        while other.execute(status, [str(export.pk)]).fetchone() != ("doing",):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(0.5)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        superuser.execute("ROLLBACK")
        work()
        assert latest(own).state == "queued"  # nobody knows yet that the worker is dead
        other.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'"
        )
        other.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[('default', 'rights.retry_stalled', 0, NULL, NULL, '{\"timestamp\": 0}', NULL)::procrastinate_job_to_defer_v1])"
        )
        work()
        work()
    export = latest(own)
    assert export.state == "ready"
    assert taken(own, export).testzip() is None
    assert not list(Path(settings.FILES_ROOT).rglob("*.part"))


def test_an_export_whose_time_is_over_is_removed(
    space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    export = made(own)
    path = files.path_of(settings.FILES_ROOT, export.file)
    assert path.exists()
    superuser.execute(
        "UPDATE rights_export SET expires_at = now() - interval '1 second' WHERE id = %s",
        [export.pk],
    )
    assert own.browser.get(reverse("portal_export_get", args=[export.pk])).status_code == 404
    superuser.execute(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[('default', 'rights.remove_exports', 0, NULL, NULL, '{\"timestamp\": 0}', NULL)::procrastinate_job_to_defer_v1])"
    )
    work()
    export = latest(own)
    assert (export.state, export.file) == ("expired", None)
    assert not path.exists()


def test_the_web_process_cannot_make_or_end_exports(space: Callable[..., Space]) -> None:
    own = space()
    export = asked(own)
    from django.db import ProgrammingError

    for act in (
        lambda: actions.begin_export(export.pk),
        actions.exports_over,
        lambda: actions.fail_export(export.pk),
        lambda: actions.export_gone(export.pk),
    ):
        with pytest.raises(ProgrammingError):
            act()
    work()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\system.ini", "system.ini"),
        (".bashrc", "bashrc"),
        ("a\u202egnp.exe\x00", "a_gnp.exe"),
        ("x" * 300 + ".pdf", "x" * 76 + ".pdf"),
        ("", "file"),
        ("///", "file"),
        ("...", "file"),
        ("Été à la mer.jpg", "Été à la mer.jpg"),
    ],
)
def test_names_in_the_zip_harm_nobody(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_the_copy_holds_disclosures_and_requests(
    cast: Cast, sign_in: Callable[..., Browser]
) -> None:
    world = World(cast)
    assert world.client  # made first: transactions do not nest
    assert world.disclosure
    assert world.request
    own = Space(world.client, world.account, sign_in(world.account), "")
    archive = taken(own, made(own))
    data = json.loads(archive.read("record.json"))
    assert data["disclosures"][0]["words"]["recipient"] == "The court"
    assert data["requests"][0]["asked"] == "My number is 9."
    assert "The court" in pages(archive)


def test_the_log_comes_with_its_proofs_and_in_a_table(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own = space()
    log_contact(cast.volunteer, own.client, '=HYPERLINK("http://x"); Wait.', date(2026, 4, 1))
    seal_all()
    archive = taken(own, made(own))
    data = json.loads(archive.read("record.json"))
    assert disagreeing(data, SCHEMA) == []
    assert json.loads(archive.read("record.schema.json")) == SCHEMA
    proofs = json.loads(archive.read("access-log.json"))
    assert proofs["format"] == "confidential-log-client/1"
    assert any(item["event"] for item in proofs["events"])
    for name in ("contacts.csv", "access-log.csv"):
        assert archive.read(name).startswith(b"\xef\xbb\xbf"), name
    rows = list(
        csv.reader(io.StringIO(archive.read("contacts.csv").decode("utf-8-sig")), delimiter=";")
    )
    (noted,) = [row for row in rows if "HYPERLINK" in row[5]]
    assert noted[0] == "01/04/2026"
    assert noted[5].startswith("'=")
    steps = archive.read("access-log.csv").decode("utf-8-sig").splitlines()
    assert len(steps) > len(proofs["events"]) / 2
    assert all(line.count(";") >= 6 for line in steps)


def test_what_the_law_asks_stands_on_paper(space: Callable[..., Space]) -> None:
    own = space()
    archive = taken(own, made(own))
    about = json.loads(archive.read("record.json"))["about"]
    printed = " ".join(pages(archive).split())
    for key in ("purposes", "recipients", "sources", "kept", "rights"):
        assert about[key], key
        for sentence in about[key]:
            assert " ".join(sentence.split()) in printed, sentence
    assert "CNIL" in printed
    assert about["policies"][0]["text"].split()[0] in printed
    assert "What is not in this copy" in printed
    reader = PdfReader(io.BytesIO(archive.read("record.pdf")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] in ("en-GB", "fr-FR")
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
