"""Database roles: which one this process is, and the refusal to run as a wrong one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

OWNER = "confidential_owner"
APP = "confidential_app"
SIGNIN = "confidential_signin"
WORKER = "confidential_worker"
SEALER = "confidential_sealer"
VERIFIER = "confidential_verifier"
COMMAND = "confidential_command"
BACKUP = "confidential_backup"
DOOR = "confidential_door"
BY_SHORT_NAME = {
    "owner": OWNER,
    "app": APP,
    "signin": SIGNIN,
    "worker": WORKER,
    "sealer": SEALER,
    "verifier": VERIFIER,
    "command": COMMAND,
    "backup": BACKUP,
}
BOUND = frozenset({APP, SIGNIN, WORKER, SEALER, VERIFIER, COMMAND})

_QUESTION = """
    SELECT current_user, r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb,
           EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
           OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
    FROM pg_roles r WHERE r.rolname = current_user
"""


# How the last statement of vault/sql/roles.sql marks what it has laid.
VERSION = "roles of this program, version 2"

# What vault/sql/roles.sql sets. The verifier alone may take its time.
_QUIET = {"log_parameter_max_length=0", "log_parameter_max_length_on_error=0"}
_SHORT = {"transaction_timeout=60s", "idle_in_transaction_session_timeout=30s"}
SETTINGS = {role: _QUIET if role == VERIFIER else _QUIET | _SHORT for role in BOUND}
_SET = """
    SELECT current_user, coalesce(array_agg(c), '{}')
    FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setrole = current_user::regrole
"""


def refuse_older_roles(connection: BaseDatabaseWrapper) -> None:
    """What only a superuser can lay must be of this version. Raises ImproperlyConfigured."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(to_regrole(%s), 'pg_authid')", [DOOR])
        (found,) = cursor.fetchone()
    if found != VERSION:
        raise ImproperlyConfigured(
            "First, as a superuser, run vault/sql/roles.sql of this version in this database "
            f"(here: {found or 'none'}; needed: {VERSION}). Nothing was changed. See docs/operations.md."
        )


def refuse_changed_settings(connection: BaseDatabaseWrapper) -> None:
    """A role can change its own settings. Raises ImproperlyConfigured if somebody did."""
    with connection.cursor() as cursor:
        cursor.execute(_SET)
        name, found = cursor.fetchone()
    if name in BOUND and set(found) != SETTINGS[name]:
        raise ImproperlyConfigured(
            f"The settings of the role {name} are not those of vault/sql/roles.sql: somebody changed "
            "them. Find out who, give the role another password, and run that file again."
        )


def refuse_wrong_role(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """On every new connection: a process that serves people must be a bound role.

    Raises ImproperlyConfigured for a superuser, a role that goes round row-level security, or one
    that owns tables or belongs to another role.
    """
    expected = settings.DATABASE_ROLES.get(connection.alias)
    if expected is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        name, mighty, owns = cursor.fetchone()
    if name != expected or (expected in BOUND and (mighty or owns)):
        connection.close()
        raise ImproperlyConfigured(
            f"Database connection {connection.alias!r} must be the role {expected}, bound by "
            f"row-level security and owning nothing; it is {name}. See docs/operations.md."
        )
    try:
        refuse_changed_settings(connection)
    except ImproperlyConfigured:
        connection.close()
        raise
