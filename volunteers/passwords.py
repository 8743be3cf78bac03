"""Passwords: Argon2 here, the comparison in the database, which keeps a hash of what comes out.

``User.password`` holds parameters and salt alone. So nobody who reads an account can try to be it,
and no process can say that a password was right: it can only prove it, to the database.
"""

from __future__ import annotations

import base64
import os
from typing import Any, NoReturn
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw

from vault.principals import Challenge, cover, new_token, secret_of, signin_transaction

SALT_BYTES = 16
MEMORY, ROUNDS, LANES = 102_400, 2, 8  # Django's own: 100 MB


def new_salt() -> str:
    """Parameters and a random salt, as an account keeps them: ``argon2id$m,t,p$salt``."""
    salt = base64.b64encode(os.urandom(SALT_BYTES)).decode()
    return f"argon2id${MEMORY},{ROUNDS},{LANES}${salt}"


def token_of(salt: str, password: str) -> str:
    """What Argon2id (RFC 9106) makes of a password: the token that proves it."""
    _, parameters, encoded = salt.split("$")
    memory, rounds, lanes = map(int, parameters.split(","))
    return hash_secret_raw(
        password.encode(),
        base64.b64decode(encoded),
        time_cost=rounds,
        memory_cost=memory,
        parallelism=lanes,
        hash_len=32,
        type=Type.ID,
    ).hex()


def covered(cursor: Any, password: str, by: str) -> tuple[str, bytes]:
    """A new salt, and the hash of a new password under cover of the token ``by``."""
    salt = new_salt()
    return salt, cover(cursor, token_of(salt, password), by)


def prove(account: UUID, salt: str, password: str, address: str | None = None) -> str | None:
    """The token of a proof, if the database finds the password right: with it a session begins.

    None for a wrong password, and for an account that is closed or waits.
    """
    secret, token = secret_of(token_of(salt, password)), new_token()
    with signin_transaction("") as cursor:
        challenge = Challenge.of(cursor)
        cursor.execute(
            "SELECT sec.prove(%s, %s, %s, %s)",
            [account, challenge.proof(secret), challenge.cover(token, secret), address],
        )
        return token if cursor.fetchone()[0] else None


def is_own(cursor: Any, salt: str, password: str) -> bool:
    """Whether this is the password of whoever the transaction runs as."""
    proof = Challenge.of(cursor).proof(secret_of(token_of(salt, password)))
    cursor.execute("SELECT sec.is_own_password(%s)", [proof])
    return bool(cursor.fetchone()[0])


def refuse(*args: Any, **kwargs: Any) -> NoReturn:
    """Stands where Django would compare or set a password by itself."""
    raise TypeError("Passwords are proved to the database: see volunteers/passwords.py.")
