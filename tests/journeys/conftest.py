"""A real browser against the real server: gunicorn and the worker as their own roles."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE
from tests.journeys.looking import Passed
from tests.journeys.walk import Look, Walker, looks
from tests.making.people import Cast, build_another
from tests.making.servers import free_port
from tools.compile_messages import compile_all

# The first is the same engine without windows; tools/ensure_browser.sh looks in the same order.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    # Whatever a page asked for elsewhere, nothing leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each journey is walked in a look, on the screens that it names or on a phone and a desktop."""
    if "look" in metafunc.fixturenames:
        screens = metafunc.definition.get_closest_marker("screens")
        sizes = screens.args if screens else ("phone", "desktop")
        metafunc.parametrize("look", looks(metafunc.definition.name, *sizes), ids=str)


@dataclass(frozen=True)
class Site:
    """Where the server answers."""

    url: str


def start(role: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=BASE, env={**os.environ, "CONFIDENTIAL_ROLE": role}
    )


@pytest.fixture(scope="session")
def catalogues() -> None:
    """French as it stands in the .po file, for the server and for the words looked up here."""
    compile_all()


@pytest.fixture(scope="session")
def cast(cast: Cast, server: Embedded) -> Cast:
    """People in branches of their own: lists show what these journeys did, not what other tests left."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, "_j")


@pytest.fixture(scope="session")
def site(cast: object, catalogues: None) -> Iterator[Site]:
    """The application, served as in production but without TLS."""
    port = free_port()
    server = start(
        "app",
        "-m",
        "gunicorn",
        "confidential.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
        "--log-level",
        "warning",
        "--no-control-socket",
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/privacy/")
        yield Site(url)
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")  # not longer: other tests count on workers of their own
def worker(cast: object, catalogues: None) -> Iterator[None]:
    """The worker, as its own role."""
    process = start("worker", str(BASE / "manage.py"), "procrastinate", "worker")
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, seconds: int = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def program() -> str:
    """The browser on this machine. Its absence is said aloud, and is a failure where it is required.

    Looked for before the driver starts: that one has parts which a bare machine lacks too.
    """
    wanted = os.environ.get("JOURNEYS_BROWSER")  # to walk with another than the first
    path = next(filter(None, map(shutil.which, [wanted] if wanted else BROWSERS)), None)
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(f"No browser: install {wanted or 'chromium-headless-shell'}.")
        pytest.skip("NO BROWSER: the journeys did not run. Install chromium-headless-shell.")
    return path


@pytest.fixture(scope="session")
def playwright(program: str) -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, program: str) -> Iterator[Browser]:
    """The browser, started."""
    launched = playwright.chromium.launch(executable_path=program, args=QUIET)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Passed:
    """What axe has found nothing on, in all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return Passed((own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "axe-passed")


@pytest.fixture
def walk(browser: Browser, site: Site, look: Look, passed: Passed) -> Iterator[Walker]:
    """Opens browsers for people; at the end nothing went elsewhere and no console complained."""
    walker = Walker(browser, site.url, look, passed)
    yield walker
    walker.finish()
