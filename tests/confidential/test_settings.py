"""Production settings: complete ones are clean, a missing one stops the start with a hint."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE
from tests.making.people import Cast
from vault import keyring

PAGE = "import confidential.wsgi; print('served')"


@pytest.fixture
def production(server: Embedded, tmp_path: Path) -> dict[str, str]:
    """The environment of a web process in production."""
    keyring.create(tmp_path / "ring.json")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "CONFIDENTIAL_VAR": str(tmp_path / "none"),
        "CONFIDENTIAL_DEMO": "false",
        "SECRET_KEY": "k3J-tu8Rw_q0Zx5Vn1Lb7Hs4Gd2Pf9Ya6Cm-Eo_Ti8Uw0Xz3Bv5Nq",
        "CONFIDENTIAL_KEYRING": str(tmp_path / "ring.json"),
        "CONFIDENTIAL_FILES": str(tmp_path / "files"),
        # Of the database that it serves: other tests have erased in it.
        "CONFIDENTIAL_ERASURES": str(settings.LEDGER_FILE),
        "CONFIDENTIAL_LOG_PUBLIC_KEY": str(settings.LOG_PUBLIC_KEY_FILE),
        "ALLOWED_HOSTS": "space.example.org",
        "DATABASE_URL_APP": address(server, "app"),
        "DATABASE_URL_SIGNIN": address(server, "signin"),
        "STATIC_ROOT": str(tmp_path / "static"),
    }


def address(server: Embedded, role: str) -> str:
    return f"postgresql://confidential_{role}@/{DATABASE}?host={server.socket}"


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=BASE, env=environment, capture_output=True, text=True
    )


def test_complete_settings_are_clean(production: dict[str, str]) -> None:
    done = run(production, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "CONFIDENTIAL_KEYRING",
        "CONFIDENTIAL_FILES",
        "CONFIDENTIAL_ERASURES",
        "ALLOWED_HOSTS",
        "DATABASE_URL_APP",
        "DATABASE_URL_SIGNIN",
    ],
)
def test_missing_setting_stops_with_a_hint(production: dict[str, str], name: str) -> None:
    del production[name]
    done = run(production, "manage.py", "check")
    assert done.returncode != 0
    assert f"{name} is not set." in done.stderr
    assert "docs/operations.md" in done.stderr


def test_short_secret_is_refused(production: dict[str, str]) -> None:
    production["SECRET_KEY"] = "short"
    assert "SECRET_KEY is too short" in run(production, "manage.py", "check").stderr


def test_secret_from_a_file(production: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(production.pop("SECRET_KEY") + "\n")
    production["SECRET_KEY_FILE"] = str(tmp_path / "secret")
    assert run(production, "manage.py", "check", "--deploy").returncode == 0


def test_server_starts_as_its_roles(production: dict[str, str], cast: Cast) -> None:
    Path(production["STATIC_ROOT"]).mkdir()
    (Path(production["STATIC_ROOT"]) / "staticfiles.json").write_text(
        '{"version": "1.1", "paths": {}}'
    )
    done = run(production, "-c", PAGE)
    assert done.stdout.strip() == "served", done.stderr


@pytest.mark.parametrize("role", ["owner", "backup", "worker", "signin"])
def test_server_refuses_a_wrong_role(
    production: dict[str, str], server: Embedded, cast: Cast, role: str
) -> None:
    production["DATABASE_URL_APP"] = address(server, role)
    done = run(production, "-c", PAGE)
    assert done.returncode != 0
    assert "must be the role confidential_app" in done.stderr


def test_server_refuses_a_ring_open_to_others(production: dict[str, str], cast: Cast) -> None:
    Path(production["CONFIDENTIAL_KEYRING"]).chmod(0o644)
    done = run(production, "-c", PAGE)
    assert done.returncode != 0
    assert "chmod 600" in done.stderr


def test_second_factor_and_secure_cookies_are_on(production: dict[str, str]) -> None:
    code = (
        "import confidential.settings as s; print(s.SECOND_FACTOR_REQUIRED, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.DEBUG, s.DEMONSTRATION)"
    )
    assert run(production, "-c", code).stdout.split() == [
        "True",
        "True",
        "True",
        "True",
        "False",
        "False",
    ]


def test_cookies_belong_to_this_host_and_go_with_the_browser(production: dict[str, str]) -> None:
    code = (
        "import confidential.settings as s;"
        " print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_AGE, s.SESSION_EXPIRE_AT_BROWSER_CLOSE)"
    )
    said = run(production, "-c", code).stdout.split()
    assert said == ["__Host-session", "__Host-csrftoken", "None", "True"]


def test_password_of_a_database_is_not_shown(production: dict[str, str]) -> None:
    """A wrong address says what is wrong without its password."""
    production["DATABASE_URL_APP"] = "postgresql://confidential_app:hunter2@localhost:1/x"
    done = run(production, "-c", PAGE)
    assert done.returncode != 0
    assert "hunter2" not in done.stdout + done.stderr


def test_folder_of_a_demonstration_changes_no_installation(production: dict[str, str]) -> None:
    """A marker left lying about does not switch the second factor off; being told both is refused."""
    folder = Path(production["CONFIDENTIAL_VAR"])
    folder.mkdir()
    (folder / "demonstration").touch()
    del production["CONFIDENTIAL_DEMO"]
    code = "import confidential.settings as s; print(s.DEMONSTRATION)"
    assert run(production, "-c", code).stdout.split() == ["False"]
    production["CONFIDENTIAL_DEMO"] = "true"
    done = run(production, "-c", code)
    assert done.returncode != 0
    assert "CONFIDENTIAL_DEMO" in done.stderr
