"""What is installed is used: each package that the requirements name is imported, or named in the settings."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

BASE = Path(__file__).parent.parent
# Packages whose module has another name.
MODULES = {
    "django-auditlog": "auditlog",
    "django-axes": "axes",
    "django-csp": "csp",
    "django-easy-audit": "easyaudit",
    "django-fernet-encrypted-fields": "encrypted_fields",
    "django-guardian": "guardian",
    "django-pghistory": "pghistory",
    "import-linter": "importlinter",
}
# Used by something else, which finds them by itself: what that is.
UNNAMED = {
    "argon2-cffi": "Django's password hasher",
    "django-stubs": "mypy, by its plugin in pyproject.toml",
    "gunicorn": "the command that serves, in docs/operations.md",
    "pytest-django": "pytest",
    "pytest-timeout": "pytest",
    "pytest-xdist": "pytest",
    "types-polib": "mypy",
    "tzdata": "Python's zoneinfo",
}
LISTS = sorted((BASE / "requirements").glob("*.in"))


def named(path: Path) -> set[str]:
    """The packages that a list of requirements names."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return {
        re.split(r"[\[<>=; ]", line)[0].lower() for line in lines if line and line[0] not in "-"
    }


@pytest.fixture(scope="module")
def code() -> str:
    """All Python of the project but this page."""
    names = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=BASE, check=True, capture_output=True, text=True
    )
    files = [BASE / name for name in names.stdout.split() if (BASE / name) != Path(__file__)]
    return "\n".join(path.read_text() for path in files if path.exists())


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_each_package_is_used(path: Path, code: str) -> None:
    unused = []
    for package in named(path) - UNNAMED.keys():
        module = MODULES.get(package, package.replace("-", "_"))
        if not re.search(rf"\b(from|import) {module}\b|[\"']{module}[.\"']", code):
            unused.append(package)
    assert unused == []


def test_what_is_excused_is_there() -> None:
    """Both lists above name only what the requirements name."""
    everything = set().union(*(named(path) for path in LISTS))
    assert everything >= UNNAMED.keys() | MODULES.keys()


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_each_package_is_locked_and_nothing_else(path: Path) -> None:
    """What is locked was asked for, here or by something that is locked beside it."""
    locked: dict[str, str] = {}
    package = ""
    for line in path.with_suffix(".txt").read_text().splitlines():
        if found := re.match(r"([a-z0-9._-]+)==", line):
            package = found[1]
        elif package:
            locked[package] = locked.get(package, "") + line + "\n"
    asked = {name.replace("_", "-") for name in named(path)}
    assert asked <= locked.keys()
    for package, why in locked.items():
        through = set(re.findall(r"# +(?:via )?([a-z][a-z0-9._-]*)$", why, re.M)) - {"via"}
        assert package in asked or through & locked.keys(), package
