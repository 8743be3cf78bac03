"""Taking in another program's export: what goes in, what is refused and why, and never twice."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from audit import door
from clients.importing.writing import Writer
from clients.models import Client, Contact, Identity
from components.spreadsheets import escape
from confidential.environment import BASE
from tests.making.people import Cast

MAP = """
source = "{source}"
[clients]
id = "{{No}}"
language = "fr"
given_name = "{{First}}"
family_name = "{{Last}}"
born_on = {{ value = "{{Born}}", format = "%Y-%m-%d" }}
died_on = {{ value = "{{Died}}", format = "%Y-%m-%d" }}
phone = "{{Phone}}"
[contacts]
id = "{{No}}"
client = "{{Who}}"
channel = {{ value = "{{How}}", values = {{ call = "phone", house = "visit" }} }}
happened_on = {{ value = "{{Day}}", format = "%d/%m/%Y" }}
text = ["{{Said}}", "Then: {{Then}}"]
"""
CLIENTS = "No,First,Last,Born,Died,Phone,SSN\n"
CONTACTS = "No,Who,How,Day,Said,Then\n"
TWO = CLIENTS + "1,Élodie,Marsac,1950-02-01,,0639981101,9\n2,Jean,Prunet,1941-12-24,2020-03-02,,9\n"
THREE = CONTACTS + (
    "a,1,call,05/01/2020,Slept well,\nb,1,house,06/01/2020,,Bring bread\nc,2,call,07/01/2020,Quiet,\n"
)
REAL = BASE.parent / "shared" / "data" / "clients-spreadsheet"


class Import:
    """A folder with a map of its own source, so that tests do not meet each other's rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.map = folder / "map.toml"
        self.map.write_text(MAP.format(source=folder))

    def run(self, clients: str | bytes = TWO, contacts: str | bytes = THREE, **options: Any) -> str:
        """What the command said on both streams."""
        for name, content in (("clients.csv", clients), ("contacts.csv", contacts)):
            plain = content.encode() if isinstance(content, str) else content
            (self.folder / name).write_bytes(plain)
        out = io.StringIO()
        call_command(
            "import_clients",
            self.folder / "clients.csv",
            contacts=self.folder / "contacts.csv",
            **{"map": self.map, "branch": "NORTH", **options},
            stdout=out,
            stderr=out,
        )
        return out.getvalue()

    def failed(self, name: str) -> list[dict[str, str]]:
        """The rows of the file of failed rows."""
        with (self.folder / f"{name}.failed.csv").open(encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def importing(tmp_path: Path, cast: Cast) -> Import:
    """An import into branch NORTH."""
    return Import(tmp_path)


def rows(superuser: psycopg.Connection) -> tuple[int, int]:
    """How many clients and contacts there are in all."""
    counts = [
        superuser.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("clients_client", "clients_contact")
    ]
    return counts[0], counts[1]


def test_import_takes_in_clients_and_contacts(
    importing: Import, cast: Cast, superuser: psycopg.Connection
) -> None:
    said = importing.run()
    assert "clients: 2 taken in, 0 here already, 0 failed" in said
    assert "contacts: 3 taken in, 0 here already, 0 failed" in said
    assert "Not taken in from clients.csv: SSN." in said
    with cast.coordinator.actor().transaction() as actor:
        new = Client.objects.order_by("-taken_in_at")[:2]
        keys = door.open(actor, [client.pk for client in new], "client.list", "support")
        found = {c.identity.unlock(keys[c.pk]).full_name: c for c in new}
        assert set(found) == {"Élodie Marsac", "Jean Prunet"}
        died = found["Jean Prunet"]
        assert (died.state, str(died.state_since)) == ("died", "2020-03-02")
        assert found["Élodie Marsac"].safe_contact.checked_on is None
        assert found["Élodie Marsac"].contacts.count() == 2
    events = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE subject = %s AND action = 'row.add'",
        [found["Élodie Marsac"].pk],
    ).fetchone()
    assert events == (2 + 2 + 2,)  # nothing was said of a background


def test_import_twice_adds_nothing(importing: Import, superuser: psycopg.Connection) -> None:
    importing.run()
    before = rows(superuser)
    assert "contacts: 0 taken in, 3 here already" in importing.run()
    assert rows(superuser) == before


def test_import_dry_run_changes_nothing(importing: Import, superuser: psycopg.Connection) -> None:
    before = rows(superuser)
    said = importing.run(dry_run=True)
    assert "clients: 2 would be taken in" in said
    assert "contacts: 3 would be taken in, 0 here already, 0 failed" in said
    assert rows(superuser) == before


def test_import_names_bad_rows(importing: Import) -> None:
    said = importing.run(
        TWO
        + "3,Ann,Lee,2022-13-01,,,\n1,Again,Same,,,,\n4,,,,,,\n5,Short\n6,Bo,Hu,2999-01-01,,,\n",
        THREE + "d,9,call,05/01/2020,Lost,\ne,1,fax,05/01/2020,,\nf,1,call,,,\ng,1,call,5.1.20,,\n",
    )
    for reason in (
        "clients.csv, row 4: Born '2022-13-01' is not a date (expected YYYY-MM-DD)",
        "row 5: its id is the same as that of row 2",
        "row 6: there is no name",
        "row 7: it has 2 cells, expected 7; the file may have been cut off",
        "row 8: Born '2999-01-01' is before 1850 or in the future",
        "row 5: there is no client with the id '9'",
        "row 6: How 'fax' is not in the map",
        "row 7: happened_on is empty",
        "row 8: Day '5.1.20' is not a date (expected DD/MM/YYYY)",
    ):
        assert reason in said
    assert "clients: 2 taken in, 0 here already, 5 failed" in said
    assert "contacts: 3 taken in, 0 here already, 4 failed" in said
    assert len(importing.failed("clients")) == 5
    assert (importing.folder / "clients.failed.csv").stat().st_mode & 0o777 == 0o600


def test_import_of_mended_rows(importing: Import) -> None:
    importing.run(TWO + "3,Ann,=1+1,2022-13-01,,,\n")
    failed = importing.failed("clients")
    assert failed[0]["Last"] == "'=1+1"
    mended = (importing.folder / "clients.failed.csv").read_text("utf-8-sig")
    said = importing.run(mended.replace("2022-13-01", "2022-12-01"))
    assert "Not taken in from clients.csv: reason, row, SSN." in said
    assert "clients: 1 taken in" in said


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_import_reads_other_encodings(importing: Import, encoding: str) -> None:
    said = importing.run(TWO.encode(encoding), THREE.replace(",", ";").encode(encoding))
    assert "clients: 2 taken in" in said
    assert "contacts: 3 taken in" in said
    assert ("read as Windows-1252" in said) is (encoding == "cp1252")


def test_import_tidies_hidden_characters(importing: Import, cast: Cast) -> None:
    said = importing.run(CLIENTS + "1,\u202eZoé\x00,Tarn\x07,,,,\n", CONTACTS)
    assert "1 tidied of hidden characters" in said
    with cast.coordinator.actor().transaction() as actor:
        client = Client.objects.order_by("-taken_in_at")[0]
        keys = door.open_one(actor, client.pk, "client.view", "support")
        identity = Identity.objects.get(client=client).unlock(keys)
        assert (identity.given_name, identity.family_name) == ("Zoé", "Tarn")


@pytest.mark.parametrize(
    ("clients", "message"),
    [
        ("", "clients.csv is empty"),
        (b"PK\x03\x04zip", "no CSV file in UTF-8"),
        (TWO.encode("utf-16"), "no CSV file in UTF-8"),
        (b"\x81\x8d\n", "neither in UTF-8 nor in Windows-1252"),
        ("No,First\n1,Ann\n", "has no column Born, Died, Last, Phone"),
        ("No,No\n1,2\n", "two columns named No"),
    ],
)
def test_import_refuses_files(importing: Import, clients: str | bytes, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        importing.run(clients)


def test_import_of_a_truncated_file_keeps_the_rows_before(importing: Import) -> None:
    said = importing.run(TWO, THREE + 'd,1,call,08/01/2020,"cut in the mid')
    assert "row 5: a quotation mark is not closed, or stands inside a cell" in said
    assert "contacts: 3 taken in, 0 here already, 1 failed" in said


def test_import_all_or_nothing(importing: Import, superuser: psycopg.Connection) -> None:
    before = rows(superuser)
    with pytest.raises(CommandError, match="Nothing was taken in"):
        importing.run(contacts=THREE + "d,9,call,05/01/2020,,\n", all_or_nothing=True)
    assert rows(superuser) == before
    assert "contacts: 3 taken in" in importing.run(all_or_nothing=True)


def test_import_goes_on_after_an_interruption(
    importing: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "add_contacts", interrupted)
        with pytest.raises(CommandError, match="Stopped before the end"):
            importing.run()
    said = importing.run()
    assert "clients: 0 taken in, 2 here already" in said
    assert "contacts: 3 taken in" in said


def test_import_keeps_files_out_of_read_only_folders(importing: Import, tmp_path: Path) -> None:
    bad = CLIENTS + "1,,,,,,\n"
    importing.run(bad, CONTACTS)
    (importing.folder / "clients.failed.csv").unlink()
    importing.folder.chmod(0o555)
    out = io.StringIO()
    try:
        call_command(
            "import_clients",
            importing.folder / "clients.csv",
            map=importing.map,
            branch="NORTH",
            stdout=out,
            stderr=out,
        )
    finally:
        importing.folder.chmod(0o755)
    assert "--failed-dir" in out.getvalue()
    assert not (importing.folder / "clients.failed.csv").exists()
    importing.run(bad, CONTACTS, failed_dir=tmp_path)
    assert (tmp_path / "clients.failed.csv").exists()


def test_import_into_an_unknown_branch(importing: Import) -> None:
    with pytest.raises(CommandError, match="no branch with the code 'WEST'"):
        importing.run(branch="WEST")


def test_escape_leaves_numbers() -> None:
    assert escape("-71.08") == "-71.08"
    assert escape("=cmd()") == "'=cmd()"
    assert escape("@x") == "'@x"


@pytest.mark.skipif(not REAL.exists(), reason="the real spreadsheet is not beside the repository")
@pytest.mark.timeout(300)
def test_import_of_the_real_spreadsheet(
    cast: Cast, tmp_path: Path, superuser: psycopg.Connection
) -> None:
    def run() -> str:
        out = io.StringIO()
        call_command(
            "import_clients",
            REAL / "patients.csv",
            contacts=REAL / "encounters.csv",
            map=BASE / "docs" / "examples" / "synthea.toml",
            branch="SOUTH",
            failed_dir=tmp_path,
            stdout=out,
            stderr=out,
        )
        return out.getvalue()

    said = run()
    assert "clients: 113 taken in, 0 here already, 0 failed" in said
    assert "contacts: 5275 taken in, 0 here already, 0 failed" in said
    with cast.south_coordinator.actor().transaction():
        assert Client.objects.filter(state="died").count() == 13
        assert Contact.objects.filter(by=None).count() == 5275
    assert "contacts: 0 taken in, 5275 here already" in run()
