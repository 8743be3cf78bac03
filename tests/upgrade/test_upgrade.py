"""A database of each kept version comes to this one, and this one's to the next: data, walls, pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from confidential.environment import BASE
from tests.making.installed import VERSIONS, Installed
from tests.making.servers import LATER_SECONDS, demonstration, free_port
from tests.upgrade.reading import Reader

LEFT_OUT = shutil.ignore_patterns(".*", "var", "staticfiles", "test-results", "__pycache__")


@contextmanager
def installed(tree: Path, var: Path) -> Iterator[Installed]:
    """A program with a server of its own, which ends with it."""
    program = Installed(tree, var)
    try:
        yield program
    finally:
        program.server.stop()


def fresh_catalogue(tree: Path, var: Path) -> str:
    """What a new database of the program in ``tree`` is made of."""
    with installed(tree, var) as fresh:
        fresh.server.start()
        fresh.start_empty()
        fresh.migrate()
        return fresh.catalogue()


def replaced(path: Path, old: str, new: str) -> None:
    """Change a file of the next version, at one place."""
    text = path.read_text()
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new))


def make_next(tree: Path) -> None:
    """The program as it may be one version on: a function, a policy, a column and every sealed form changed."""
    shutil.copytree(BASE, tree, ignore=LEFT_OUT)
    replaced(
        tree / "vault/sql/principals.sql",
        "w.fresh_at > statement_timestamp() - make_interval(mins => minutes)",
        "w.fresh_at > statement_timestamp() - make_interval(secs => 60 * minutes)",
    )
    replaced(
        tree / "clients/sql/complaints.sql",
        "CREATE POLICY see ON clients_complaint FOR SELECT TO confidential_app, confidential_worker USING (sec.may_hear(id))",
        "CREATE POLICY see ON clients_complaint FOR SELECT TO confidential_app, confidential_worker USING (sec.may_hear(id) AND opened_at IS NOT NULL)",
    )
    replaced(
        tree / "clients/models/records.py",
        '    checked_on = models.DateField(_("last checked"), null=True)\n',
        '    checked_on = models.DateField(_("last checked"), null=True)\n'
        "    checked_by = models.UUIDField(null=True)\n",
    )
    replaced(
        tree / "vault/sealed.py",
        "later_forms: ClassVar[tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = ()",
        'later_forms: ClassVar[Any] = (lambda values: {**values, "renewed": True},)',
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", VERSIONS)
def test_kept_version_comes_to_this_one(version: str, tmp_path: Path) -> None:
    with installed(BASE, tmp_path / "var") as program:
        program.restore(version)
        with program.superuser() as superuser:  # what is laid again reads as it was written
            superuser.execute("COMMENT ON SCHEMA sec IS 'of an earlier version'")
        had = _set_factors_up(program) if version == "0.2.0" else None
        spoken = _said_in_one_language(program) if version == "0.2.0" else None
        assert "Laid functions" in program.migrate()
        assert had is None or _factors(program) == had
        assert spoken is None or _said_in_each(program) == spoken
        assert program.catalogue() == fresh_catalogue(BASE, tmp_path / "fresh")
        looked = program.look()
        assert looked["broken"] == []
        assert (
            min(looked["rows"][table] for table in ("clients_identity", "clients_contactnote")) > 50
        )
        assert sum(looked["revisions"].values()) > 0
        said = program.run("manage.py", "audit_verify", role="verifier")
        assert "no faults" in said, said


def _set_factors_up(program: Installed) -> list[tuple]:
    """An authenticator and a list of codes as 0.2.0 kept them, in a library's table; how they stand now."""
    with program.superuser() as superuser:
        superuser.execute("""
            INSERT INTO mfa_authenticator (user_id, type, data, created_at, last_used_at)
            SELECT (SELECT id FROM volunteers_user ORDER BY username LIMIT 1), type, data::jsonb, '2026-11-01', '2026-11-02'
            FROM (VALUES ('totp', '{"secret": "sealed", "last_counter": 59000000, "seed": "aa"}'),
                         ('recovery_codes', '{"hashes": ["h1", "h2"], "seed": "bb"}')) AS f (type, data)""")
    return [("recovery_codes", "", 0, ["h1", "h2"], "bb"), ("totp", "sealed", 59_000_000, [], "aa")]


def _said_in_one_language(program: Installed) -> list[tuple]:
    """How 0.2.0 named the portal, and how its branches were reached; as both languages are to say it."""
    with program.superuser() as superuser:
        rows = superuser.execute(
            "SELECT portal_name FROM volunteers_association UNION SELECT reach FROM volunteers_branch ORDER BY 1"
        ).fetchall()
    assert len(rows) > 2 and all(text for (text,) in rows)
    return [(text, text) for (text,) in rows]


def _said_in_each(program: Installed) -> list[tuple]:
    with program.superuser() as superuser:
        return superuser.execute(
            "SELECT portal_name_en, portal_name_fr FROM volunteers_association"
            " UNION SELECT reach_en, reach_fr FROM volunteers_branch ORDER BY 1"
        ).fetchall()


def _factors(program: Installed) -> list[tuple]:
    with program.superuser() as superuser:
        return superuser.execute("""
            SELECT kind, secret, last_counter, codes, seed FROM volunteers_secondfactor
            WHERE created_at = '2026-11-01' AND last_used_at = '2026-11-02'
              AND user_id = (SELECT id FROM volunteers_user ORDER BY username LIMIT 1) ORDER BY kind""").fetchall()


@pytest.mark.timeout(900)
def test_last_kept_version_comes_to_the_next(tmp_path: Path) -> None:
    tree, port = tmp_path / "the next" / "program", free_port()
    make_next(tree)
    with installed(tree, tmp_path / "var") as program:
        program.restore(VERSIONS[-1])
        program.run("manage.py", "makemigrations", "clients", "-n", "next", role="owner")
        before = Installed(BASE, program.var).look()
        refused = program.try_to("manage.py", "audit_verify", role="verifier")
        assert "Run `manage.py migrate` of this version" in refused.stderr
        with demonstration(program.var, port, LATER_SECONDS, tree) as said:
            assert "Bringing the tables up to date" in said
            assert program.catalogue() == fresh_catalogue(tree, tmp_path / "fresh")
            seen = Reader(port).every_client("claude")
            assert len(seen) > 10
            _opens_what_it_did(program, before)
            _is_sealed_anew(program)
            assert Reader(port).every_client("claude") == seen
        program.server.start()
        verified = program.run("manage.py", "audit_verify", role="verifier")
        assert "no faults" in verified, verified


def _opens_what_it_did(program: Installed, before: dict) -> None:
    """Nothing is lost, and all of it is read in the newest form."""
    after = program.look()
    assert after["broken"] == []
    assert after["rows"] == before["rows"] and after["revisions"] == before["revisions"]
    assert after["values"].keys() == before["values"].keys()
    with program.superuser() as superuser:
        columns = superuser.execute("SELECT count(*), count(checked_by) FROM clients_safecontact")
        assert columns.fetchone()[1] == 0  # type: ignore[index]


def _is_sealed_anew(program: Installed) -> None:
    """By the command, which is killed once: every row, with an event for each whom it belongs to."""
    before = program.look()
    begun = program.kill_once_begun(
        "seal_anew", "SELECT count(*) FROM audit_event WHERE action = 'row.seal'"
    )
    said = program.run("manage.py", "seal_anew")
    after = program.look()
    assert set(before["forms"]) == {"1"} and set(after["forms"]) == {"2"}
    number = begun + int(re.search(r"(\d+) rows were sealed again", said).group(1))  # type: ignore[union-attr]
    assert number == sum(before["rows"].values())
    now = [name for name in before["values"] if name.endswith(" now")]
    assert all(after["values"][name] == before["values"][name] for name in now)
    assert after["broken"] == []
    with program.superuser() as superuser:
        events = superuser.execute(
            "SELECT (SELECT count(*) FROM audit_event WHERE action = 'row.seal'),"
            " count(DISTINCT subject), count(*) FROM audit_event WHERE action = 'row.seal_anew'"
        ).fetchone()
    # Whoever was opened by the one that was killed may have been opened twice.
    assert events[0] == number and 0 < events[1] <= events[2] <= 2 * events[1]  # type: ignore[index]
    assert "0 rows were sealed again" in program.run("manage.py", "seal_anew")
