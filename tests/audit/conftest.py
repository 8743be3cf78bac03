"""People of their own for tests of the log, and Go's view of an exported one, where Go is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.people import Cast, build_another
from tests.making.sealing import queue_strays, seal_all

GOPATH = Path("/usr/share/gocode")  # where Debian's golang-golang-x-mod-dev puts its packages
PROGRAM = Path(__file__).parent / "go" / "accept.go"


@pytest.fixture(scope="package")
def cast(cast: Cast, server: Embedded) -> Cast:
    """People of their own: these tests leave records behind that do not open, as whoever damages them does."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, "_audit")


@pytest.fixture(scope="session")
def accept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built from Debian's packages without any network."""
    if not shutil.which("go") or not (GOPATH / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip(
            "NOT TESTED against Go: install golang-go and golang-golang-x-mod-dev (Debian) to have it"
        )
    folder = tmp_path_factory.mktemp("go")
    done = subprocess.run(
        ["go", "build", "-o", folder / "accept", PROGRAM],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "GO111MODULE": "off",
            "GOPATH": str(GOPATH),
            "GOCACHE": str(folder / "cache"),
        },
    )
    assert done.returncode == 0, done.stderr
    return folder / "accept"


@pytest.fixture
def clean(superuser: psycopg.Connection) -> None:
    """Nothing waits but what this test writes."""
    queue_strays(superuser)
    seal_all()


@pytest.fixture
def app(server: Embedded) -> Iterator[psycopg.Connection]:
    """A connection of the web process's role."""
    with psycopg.connect(server.conninfo(user="confidential_app", dbname=DATABASE)) as connection:
        yield connection
