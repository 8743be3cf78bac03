"""Two clients who differ in one thing only, and everything that their own space shows of them, comparable."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from portal.urls import urlpatterns
from rights.models import Export
from rights.tasks import make_export
from tests.making.people import Someone
from tests.making.sealing import as_worker, seal_all
from tests.making.spaces import Space

# What is random by nature, or the time of the same act.
RANDOM = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1TOKEN"),
    (r"\d\d:\d\d(:\d\d)?([.,]\d+)?([+-]\d\d:\d\d)?|\d\d h \d\d", "TIME"),
    (r"\d+[.,]\d\xa0KB", "SIZE"),  # of a packed copy: ids and times pack differently
    (r'("size": )\d+', r"\1SIZE"),
)
LOOKS = ("who", "why")
WAYS_OUT = ("portal_leave",)  # signs out


@dataclass
class Twins:
    """``kept`` has something that is kept back; ``plain`` has not."""

    kept: Space
    plain: Space
    superuser: psycopg.Connection
    people: dict[UUID, Someone]
    sign_in: Callable[..., Any]
    seen: int = 0

    def mirror(self) -> None:
        """Whoever read ``kept`` since the last time reads ``plain``: its record, on the record's own page."""
        read = self.superuser.execute(
            "SELECT actor FROM audit_event WHERE subject = %s AND action = 'client.view' ORDER BY at",
            [self.kept.client.pk],
        ).fetchall()
        for (actor,) in read[self.seen :]:
            page = self.sign_in(self.people[actor]).get(f"/clients/{self.plain.client.pk}/")
            assert page.status_code == 200
        self.seen = len(read)

    def compare(self, when: str, *, whole: bool = False) -> None:
        """Every page, the check file and every table; with ``whole`` all filters and the export too."""
        self.mirror()
        seal_all()
        kept, plain = (shown(own, whole=whole) for own in (self.kept, self.plain))
        assert kept.keys() == plain.keys(), when
        for name, text in kept.items():
            assert text == plain[name], f"{when}: {name}: {difference(text, plain[name])}"

    @contextmanager
    def later(self, days: int) -> Iterator[None]:
        """Everything about the two happened so many days earlier. Put back afterwards, and nothing else with it."""
        moved = self._about_both()
        self._shift(moved, -days)
        try:
            yield
        finally:
            self._shift(moved, days)

    def _about_both(self) -> list[Rows]:
        """The rows that are about the two now, and have times."""
        both = [self.kept.client.pk, self.plain.client.pk]
        tables = self.superuser.execute(
            """SELECT c.table_name, min(o.column_name), array_agg(c.column_name::text) FROM information_schema.columns c
            JOIN information_schema.columns o ON o.table_name = c.table_name AND o.table_schema = 'public'
                AND o.column_name = CASE c.table_name WHEN 'audit_event' THEN 'subject' ELSE 'client_id' END
            WHERE c.table_schema = 'public' AND c.data_type = 'timestamp with time zone' GROUP BY 1"""
        ).fetchall()
        assert len(tables) > 15
        found = []
        for table, of, columns in tables:
            asked = f"SELECT id::text FROM {table} WHERE {of} = ANY (%s)"
            ids = [pk for (pk,) in self.superuser.execute(asked, [both])]
            found.append(Rows(table, columns, ids))
        return found

    def _shift(self, rows: list[Rows], days: int) -> None:
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            for table, columns, ids in rows:
                moved = ", ".join(
                    f"{c} = {c} + make_interval(hours => {24 * days})" for c in columns
                )
                self.superuser.execute(
                    f"UPDATE {table} SET {moved} WHERE id::text = ANY (%s)", [ids]
                )


class Rows(NamedTuple):
    """Rows of a table by their ids, and its columns that are times."""

    table: str
    columns: list[str]
    ids: list[str]


def difference(one: str, other: str) -> str:
    """Where two texts part, for whoever reads that they do."""
    at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), -1)
    return f"{one[max(at - 80, 0) : at + 160]!r} / {other[max(at - 80, 0) : at + 160]!r}"


def shown(own: Space, *, whole: bool) -> dict[str, str]:
    """All that this client's space shows, by where it stands."""
    found = {}
    names = [p.name for p in urlpatterns if not p.pattern.converters and p.name not in WAYS_OUT]
    addresses = [reverse(name) for name in names]
    assert len(addresses) > 12
    addresses += [f"{reverse('portal_seen')}?own=on", f"{reverse('portal_contacts')}?page=2"]
    if whole:
        addresses += [f"{reverse('portal_seen')}?{each}" for each in filters(own)]
    addresses += [
        f"{reverse('portal_seen_day', args=[day.isoformat()])}?page={page}"
        for day in days_of(own)
        for page in (1, 2, 3)
    ]
    for address in addresses:
        answer = own.browser.get(address)
        headers = {k: v for k, v in answer.headers.items() if k not in ("Content-Length", "ETag")}
        if answer.headers["Content-Type"] == "application/pdf":
            text = "".join(
                page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages
            )
        else:
            text = answer.content.decode()
        if address == reverse("portal_check_file"):
            text = file_of(json.loads(text))
        found[address] = bare(f"{answer.status_code} {headers} {text}", own)
    found["proofs"] = str(proofs_of(own))
    found["tables"] = str(tables_of(own))
    if whole:
        found |= exported(own)
    return found


def bare(text: str, own: Space) -> str:
    """Without what is random by nature."""
    for pattern, word in ((own.client.reference, "REF"), (own.username, "USER"), *RANDOM):
        text = re.sub(pattern, word, text)
    return text


def filters(own: Space) -> list[str]:
    """Each filter that the page offers."""
    form = own.browser.get(reverse("portal_seen")).context["form"]
    return [f"own=on&{name}={code}" for name in LOOKS for code, _ in form.fields[name].choices]


def days_of(own: Space) -> list[Any]:
    """The days of the client's own log."""
    answer = own.browser.get(reverse("portal_seen"), {"own": "on"})
    return list(answer.context["page_obj"])


def proofs_of(own: Space) -> list[tuple[str, int]]:
    """Of each step on the last day: whether there is a proof."""
    steps = []
    for day in days_of(own)[:1]:
        page = own.browser.get(reverse("portal_seen_day", args=[day.isoformat()]))
        steps += [(step.what, proven) for step, proven in page.context["steps"]]
    return steps


def file_of(file: dict[str, Any]) -> str:
    """The file that checks itself: its events without what is random, its shape, its numbers."""
    codes = ("action", "purpose", "basis", "outcome", "object_type", "actor_role", "actor_kind")
    events = [
        (item["n"], [json.loads(item["event"]).get(code) for code in codes])
        for item in file["events"]
    ]
    return f"{sorted(file)} {file['complete']} {events}"


def tables_of(own: Space) -> dict[str, Any]:
    """As the client's own principal: rows by table, lines and earlier versions by kind, names, counts."""
    with Someone(own.user, "", None).actor().transaction(), connection.cursor() as cursor:

        def ask(statement: str) -> list[Any]:
            cursor.execute(statement)
            return cursor.fetchall()

        bound = ask(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relrowsecurity AND c.relkind = 'r'"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
        assert len(bound) > 30
        rows = {table: ask(f"SELECT count(*) FROM {table}")[0][0] for (table,) in bound}
        lines = ask("SELECT action, object_type, purpose, basis, outcome FROM audit_event")
        earlier = ask('SELECT "table", revision FROM clients_revision')
        numbers = ask("SELECT sec.own_count(), (SELECT count(*) FROM sec.own_names())")
    return {
        "rows": rows,
        "lines": sorted(Counter(lines).items()),
        "earlier": sorted(Counter(earlier).items()),
        "numbers": numbers,
    }


def exported(own: Space) -> dict[str, str]:
    """The copy that the client takes away: its files, the data, the printed record."""
    assert own.browser.post(reverse("portal_export")).status_code == 302
    with Someone(own.user, "", None).actor().transaction():
        export = Export.objects.filter(client=own.client).latest("made_at")
    with as_worker():
        make_export(str(export.pk))
    answer = own.browser.get(reverse("portal_export_get", args=[export.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    printed = PdfReader(io.BytesIO(archive.read("record.pdf"))).pages
    return {
        "names": str(archive.namelist()),
        "record.json": bare(archive.read("record.json").decode(), own),
        "record.pdf": bare("\n".join(page.extract_text() for page in printed), own),
    }
