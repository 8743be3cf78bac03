"""Opening a session after somebody proved who they are, and proving it again inside one."""

from __future__ import annotations

import json
import re
import time
from uuid import UUID, uuid4

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.contrib.auth import login, update_session_auth_hash
from django.db import DatabaseError, connections, transaction
from django.http import HttpRequest

from audit import sink
from audit.visit import Denial, Visit
from vault.principals import enter, signin_transaction
from volunteers import sessions
from volunteers.actions import second_factors
from volunteers.actions.joining import command_visit
from volunteers.middleware import MUST_SET_UP
from volunteers.models import User
from volunteers.models.accounts import Kind, normalise_username
from volunteers.references import new_code

BACKEND = "volunteers.backends.AccountBackend"
PENDING = "signing_in"  # in the session: the password was right, the second factor is awaited
PENDING_SECONDS = 600
BROWSERS = (
    ("Edg", "Edge"), ("OPR|Opera", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"), ("Chrom(e|ium)|CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("CrOS", "Chromebook"), ("Macintosh|Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def await_second_factor(request: HttpRequest, user: User, back: str) -> None:
    """Remember, under a new key, whose second factor is asked for; nobody is signed in yet."""
    request.session.flush()
    request.session[PENDING] = {
        "user": str(user.pk),
        "proof": user.get_session_auth_hash(),
        "at": time.time(),
        "next": back,
    }


def awaited(request: HttpRequest) -> tuple[User, str] | None:
    """Whose second factor is asked for, and where they were going; None after ten minutes."""
    pending = request.session.get(PENDING)
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=UUID(pending["user"]), is_active=True).first()
    if user is None or user.get_session_auth_hash() != pending["proof"]:
        return None
    return user, pending["next"]


def open_session(
    request: HttpRequest, user: User, *, factor: str = "", trusted_device: bool = False,
    must_set_up: bool = False,
) -> None:  # fmt: skip
    """Sign in under a fresh key. Session, principal and event are written together or not at all."""
    try:
        with transaction.atomic(using="signin"):
            request.session.pop(PENDING, None)
            login(request, user, backend=BACKEND)
            prove(request, user, factor=factor, trusted_device=trusted_device)
            request.session["device"] = device_of(request.META.get("HTTP_USER_AGENT", ""))
            if must_set_up:
                request.session[MUST_SET_UP] = True
            request.session.save()
            token = request.session.principal_token  # type: ignore[attr-defined]
            enter(token, using="signin")
            _record("signin.ok", factor=factor or "password", trusted=int(trusted_device))
            sink.note("signin")
    except DatabaseError:
        request.session.flush()
        raise
    visit: Visit = request.visit  # type: ignore[attr-defined]
    visit.token = token
    visit.enter()


def prove(
    request: HttpRequest, user: User, *, factor: str = "", trusted_device: bool = False
) -> None:
    """Note in the session that somebody proved now who they are; the principal takes it over."""
    extra = {"trusted_device": True} if trusted_device else {}
    record_authentication(request, user, "password", **extra)
    if factor:
        record_authentication(request, user, "mfa", type=factor)


def change_password(request: HttpRequest, user: User, password: str) -> int:
    """A new password; every other session and every trusted device ends. How many sessions that were."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    with signin_transaction(visit.token):
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        _record("password.change")
        ended = sessions.end_all(user.pk, but=request.session.session_key)
        update_session_auth_hash(request, user)
    return ended


def end_everywhere(request: HttpRequest, user: User) -> None:
    """End every session of the account, this one too, and the trust in its devices."""
    visit: Visit = request.visit  # type: ignore[attr-defined]
    with signin_transaction(visit.token):
        _record("signin.end_all")
        second_factors.forget_devices(user)
        sessions.end_all(user.pk)


def recover(username: str) -> str:
    """A new first password for somebody who serves and cannot sign in any more, for the paper.

    Their second factors, sessions and trusted devices end. For commands at the server. Raises
    User.DoesNotExist.
    """
    name = normalise_username(username)
    user = User.objects.get(username=name, kind=Kind.PERSON, is_active=True)  # nobody who left
    code = new_code()
    visit = command_visit(uuid4(), "recovery", minutes=5)
    with signin_transaction(visit.token) as cursor:
        user.set_password(code)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        Authenticator.objects.filter(user_id=user.pk).delete()
        sessions.end_all(user.pk)
        cursor.execute("SELECT sec.new_sign_in(%s)", [user.pk])
        _record("account.recover", about=user)
    return code


def refused(request: HttpRequest, action: str, user: User | None = None) -> None:
    """A denial for the log; it never holds what was typed."""
    denial = Denial(action, "volunteers_user", user.pk if user else None)
    request.visit.denials.append(denial)  # type: ignore[attr-defined]


def device_of(agent: str) -> str:
    """Browser and system of a User-Agent, such as ``Firefox|Android``."""
    browser = next((name for mark, name in BROWSERS if re.search(mark, agent)), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, agent)), "")
    return f"{browser}|{system}"


def _record(action: str, about: User | None = None, **detail: str | int) -> None:
    """An event, in the transaction of the sign-in connection that is open."""
    with connections["signin"].cursor() as cursor:
        cursor.execute(
            "SELECT sec.record(%s, NULL, 'volunteers_user', %s, '', %s)",
            [action, about.pk if about else None, json.dumps(detail)],
        )
