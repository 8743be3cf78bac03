"""What the settings need from outside: which mode this is, secrets, database addresses.

Unsafe defaults exist only for the demonstration and the tests. Anywhere else a missing value stops
the start with a hint.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env
from psycopg.conninfo import conninfo_to_dict

from confidential.embedded import Embedded
from vault import keyring
from vault.private import make_folder
from vault.roles import BY_SHORT_NAME

BASE = Path(__file__).resolve().parent.parent
DATABASE = "confidential"
LENGTH = 50
LENGTH_HINT = "Give 50 random characters, or SECRET_KEY_FILE."
env = Env()
# Policies make statements long to plan and short to run: a connection plans each of them once.
# Switched off where a pooler in transaction mode does not know prepared statements.
# Parameters go apart from the statement in either case, so that no list of activity shows them.
PREPARED = {
    "server_side_binding": True,
    "prepare_threshold": 3 if env.bool("DATABASE_PREPARED", True) else None,
}


def var_folder() -> Path:
    """The folder for database, keys and files of a demonstration or a test."""
    return Path(env.str("CONFIDENTIAL_VAR", str(BASE / "var"))).resolve()


def is_demonstration() -> bool:
    """Whether this is a demonstration: told so, or started in the folder of one.

    An address of a database in the environment makes it an installation: then only being told counts, and
    being told both is a mistake that stops the start.
    """
    addressed = any(name.startswith("DATABASE_URL_") for name in os.environ)
    told = env.bool(
        "CONFIDENTIAL_DEMO", (var_folder() / "demonstration").exists() and not addressed
    )
    if told and addressed:
        raise ImproperlyConfigured(
            "CONFIDENTIAL_DEMO is set beside the address of a database. A demonstration has its own: "
            "take one of the two out of the environment. See docs/operations.md."
        )
    return told


def required(name: str, hint: str) -> str:
    """A value from the environment, or from the file that NAME_FILE names. Raises with ``hint``."""
    file = env.str(f"{name}_FILE", "")
    if file:
        return Path(file).read_text().strip()
    value = env.str(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint} See docs/operations.md.")
    return value


def secret_key(demonstration: bool) -> str:
    """Django's secret key; a demonstration makes its own once."""
    if not demonstration:
        found = required("SECRET_KEY", LENGTH_HINT)
        if len(found) < LENGTH:
            raise ImproperlyConfigured(f"SECRET_KEY is too short. {LENGTH_HINT}")
        return found
    file = var_folder() / "keys" / "secret_key"
    if not file.exists():
        make_folder(file.parent)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def keyring_file(demonstration: bool) -> Path:
    """Where the master key ring lies; a demonstration makes its own once."""
    if not demonstration:
        return Path(
            required("CONFIDENTIAL_KEYRING", "Give the path of the file that keyring_create wrote.")
        )
    file = var_folder() / "keys" / "keyring.json"
    if not file.exists():
        keyring.create(file)
    return file


def log_key_file(demonstration: bool, origin: str) -> Path:
    """Where the log's signing key lies; a demonstration makes its own once. Only the sealer reads it."""
    if not demonstration:
        return Path(env.str("CONFIDENTIAL_LOG_KEY", "/nonexistent/log.key"))
    file = var_folder() / "keys" / "log.key"
    if not file.exists():
        from audit import signing

        make_folder(var_folder() / "log")
        with suppress(FileExistsError):  # another process was quicker
            signing.create(file, origin)
    return file


def ledger_file(demonstration: bool) -> Path:
    """Where the erasure ledger lies, apart from the database; a demonstration begins its own once."""
    if not demonstration:
        return Path(
            required(
                "CONFIDENTIAL_ERASURES", "Give the path of the file that erasures_create wrote."
            )
        )
    file = var_folder() / "log" / "erasures"
    if not file.exists():
        make_folder(file.parent)
        file.touch(mode=0o600)
    return file


def address(role: str, demonstration: bool, name: str = DATABASE) -> str:
    """How to reach the database as one role (owner, app, signin, worker, ...)."""
    if demonstration:
        return Embedded(var_folder()).conninfo(user=BY_SHORT_NAME[role], dbname=name)
    return required(
        f"DATABASE_URL_{role.upper()}", f"Give the address of the database for the role {role}."
    )


def at_the_server(demonstration: bool) -> bool:
    """Whether this process may begin commands: it was given their address. None that serves pages is."""
    return demonstration or bool(
        {"DATABASE_URL_COMMAND", "DATABASE_URL_COMMAND_FILE"} & set(os.environ)
    )


def database(role: str, demonstration: bool, name: str = DATABASE) -> dict[str, Any]:
    """Django's settings for the connection of one role."""
    parts = conninfo_to_dict(address(role, demonstration, name))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", DATABASE),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {**parts, **PREPARED},
        "CONN_MAX_AGE": 600,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # none survives a pooler in transaction mode
        "TEST": {"NAME": name},
    }
