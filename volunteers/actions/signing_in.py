"""Opening a session after somebody proved who they are, and proving it again inside one."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.db import DatabaseError, connections

from audit.actor import Actor, Denial, Request
from vault.principals import (
    command_transaction,
    cover,
    name_of,
    new_token,
    signin_transaction,
)
from volunteers import passwords, sessions
from volunteers.actions import second_factors
from volunteers.actions.joining import command_actor
from volunteers.models import User
from volunteers.models.accounts import Kind, normalise_username
from volunteers.references import new_code

BACKEND = "volunteers.backends.AccountBackend"
PENDING = "signing_in"  # in the session: the password was right, the second factor is awaited
PENDING_SECONDS = 600
TRUSTED = "trusted"  # in place of a second factor: the device has shown one within 30 days
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR|Opera", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrom(e|ium)|CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Macintosh|Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def await_second_factor(request: Request, user: User, back: str) -> None:
    """Remember, under a new key, whose second factor is asked for; nobody is signed in yet."""
    request.session.flush()
    request.session[PENDING] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "proof": user.token,
        "at": time.time(),
        "next": back,
    }


def awaited(request: Request) -> tuple[User, str] | None:
    """Whose second factor is asked for, and where they were going; None after ten minutes."""
    pending = request.session.get(PENDING)
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=UUID(pending["user"]), is_active=True).first()
    if user is None or user.get_session_auth_hash() != pending["hash"]:
        return None
    user.token = pending["proof"]
    return user, pending["next"]


class Closed(Exception):
    """The client closed their space, or it ended, between the password and the session."""


def open_session(
    request: Request, user: User, *, factor: str = "", trusted_device: bool = False
) -> None:
    """Sign in under a fresh key. Session, principal and event are written together or not at all.

    ``user`` has just proved the password: the database takes that proof, and says the event. Raises Closed.
    """
    shown = TRUSTED if trusted_device else factor
    try:
        with signin_transaction(user.token) as cursor:
            token = _begin(cursor, user, shown)
            request.session.pop(PENDING, None)
            login(request, user, backend=BACKEND)
            request.session[sessions.PRINCIPAL] = token
            request.session["device"] = device_of(request.META.get("HTTP_USER_AGENT", ""))
            request.session.save()
    except DatabaseError as error:
        request.session.flush()
        said = getattr(error.__cause__, "diag", None)
        if said is not None and said.constraint_name == "space_closed":
            raise Closed from error
        raise
    user.token = token  # the proof is used up
    actor: Actor = request.actor
    actor.token = token
    actor.enter()


def begin(user: User, password: str) -> str:
    """The token of a sign-in without a browser and without a second factor, as a demonstration loads."""
    user.token = passwords.prove(user.pk, user.password, password) or ""
    with signin_transaction(user.token) as cursor:
        return _begin(cursor, user, "")


def sign_out(token: str) -> None:
    """End what :func:`begin` began."""
    with signin_transaction(token) as cursor:
        cursor.execute("SELECT sec.go_out()")


def _begin(cursor: Any, user: User, factor: str) -> str:
    token = new_token()
    must_set_up = settings.SECOND_FACTOR_REQUIRED and user.kind == Kind.PERSON
    covered = cover(cursor, token, user.token)
    cursor.execute("SELECT sec.begin_session(%s, %s, %s)", [covered, str(factor), must_set_up])
    return token


def prove_again(request: Request, user: User, *, factor: str = "") -> None:
    """The session becomes fresh: ``user`` has just proved password and second factor once more."""
    actor: Actor = request.actor
    with signin_transaction(user.token) as cursor:
        cursor.execute("SELECT sec.refresh_session(%s, %s)", [name_of(actor.token), str(factor)])


def change_password(request: Request, user: User, password: str) -> int:
    """A new password; every other session and every trusted device ends. How many sessions that were."""
    actor: Actor = request.actor
    ended = set_password(actor.token, password)
    user.refresh_from_db()
    update_session_auth_hash(request, user)
    return ended


def set_password(token: str, password: str) -> int:
    """A new password of whoever has this token; says how many other sessions ended."""
    with signin_transaction(token) as cursor:
        salt, covered = passwords.covered(cursor, password, token)
        cursor.execute("SELECT sec.set_password(%s, %s)", [salt, covered])
        return int(cursor.fetchone()[0])


def is_own_password(actor: Actor, user: User, password: str) -> bool:
    """Whether this is the password that the signed-in account has now."""
    with signin_transaction(actor.token) as cursor:
        return passwords.is_own(cursor, user.password, password)


def end_everywhere(request: Request, user: User) -> None:
    """End every session of the account, this one too, and the trust in its devices."""
    actor: Actor = request.actor
    with signin_transaction(actor.token):
        _record("signin.end_all")
        second_factors.forget_devices(user)
        sessions.end_all(user.pk)


def recover(username: str) -> str:
    """A new first password for somebody who serves and cannot sign in any more, for the paper.

    Their second factors, sessions, trusted devices and locks end. For commands at the server. Raises
    User.DoesNotExist.
    """
    name = normalise_username(username)
    user = User.objects.get(username=name, kind=Kind.PERSON, is_active=True)  # nobody who left
    code = new_code()
    actor = command_actor(uuid4(), "recovery", minutes=5)
    with command_transaction(actor.token) as cursor:
        salt, covered = passwords.covered(cursor, code, actor.token)
        cursor.execute("SELECT sec.recover(%s, %s, %s)", [user.pk, salt, covered])
    return code


def refused(request: Request, action: str, user: User | None = None) -> None:
    """A denial for the log; it never holds what was typed."""
    denial = Denial(action, "volunteers_user", user.pk if user else None)
    request.actor.denials.append(denial)


def device_of(agent: str) -> str:
    """Browser and system of a User-Agent, such as ``Firefox|Android``."""
    browser = next((name for mark, name in BROWSERS if re.search(mark, agent)), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, agent)), "")
    return f"{browser}|{system}"


def _record(action: str) -> None:
    """An event, in the transaction of the sign-in connection that is open."""
    with connections["signin"].cursor() as cursor:
        cursor.execute("SELECT sec.record(%s, NULL, 'volunteers_user', NULL, '', '{}')", [action])
