"""Inviting somebody with a code, and joining with it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from audit.door import new_keys
from audit.visit import Visit
from vault.models import Principal
from vault.principals import hash_of, new_token, signin_transaction, token_from
from volunteers.models.accounts import normalise_username
from volunteers.references import new_code, new_reference, normalise_code

INVITATION_DAYS = 14


def invite(
    *,
    by: Visit,
    duty: str,
    branch: UUID | None,
    language: str,
    days: int = INVITATION_DAYS,
    again: UUID | None = None,
) -> tuple[UUID, str]:
    """Invite somebody to a duty; returns the invitation's id and its code, which is kept nowhere.

    ``again``: who left and comes back as the same person. The database refuses (ProgrammingError)
    whoever may not appoint to this duty.
    """
    invitation, code = uuid4(), new_code()
    with signin_transaction(by.token) as cursor:
        cursor.execute(
            "SELECT sec.invite(%s, %s, %s, %s, %s, %s, %s)",
            [invitation, duty, branch, language, hash_of(invitation_token(code)), days, again],
        )
    return invitation, code


def join(*, code: str, username: str, password: str, working_name: str, language: str) -> UUID:
    """Use an invitation: account, person, duty and keys in one act; returns the account's id, the
    old one for somebody who comes back.

    The database refuses (ProgrammingError) an unknown, used or expired code, or one whose giver may
    not give it any more, and (IntegrityError) a user name that is taken.
    """
    user = uuid4()
    _, wrapped = new_keys(user)
    with signin_transaction(invitation_token(code)) as cursor:
        cursor.execute(
            "SELECT sec.join(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                user,
                normalise_username(username),
                make_password(password),
                language,
                working_name,
                new_reference("P"),
                wrapped.data,
                wrapped.audit,
            ],
        )
        return cursor.fetchone()[0]


def withdraw(*, by: Visit, invitation: UUID) -> bool:
    """Take an unused invitation back; False when it was used or taken back before."""
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.withdraw_invitation(%s)", [invitation])
        return cursor.fetchone()[0]


def invitation_token(code: str) -> str:
    """The principal's token of an invitation code, however it was typed."""
    return token_from(normalise_code(code), "invitation")


def command_visit(branch: UUID, purpose: str, minutes: int = 60) -> Visit:
    """A visit for somebody at the server: a management command that works for one branch.

    Only the sign-in connection can mint it. Shows the branch as its coordinators see it.
    """
    token = new_token()
    Principal.objects.create(
        hash=hash_of(token),
        kind="command",
        subject=branch,
        purpose=purpose,
        expires_at=timezone.now() + timedelta(minutes=minutes),
        fresh_at=timezone.now(),
    )
    return Visit(token)


def standing_of(code: str) -> str:
    """Whether the code of an invitation is ``good``, ``expired`` or ``unknown`` (or used up)."""
    found = Principal.objects.filter(
        hash=hash_of(invitation_token(code)), kind="invitation"
    ).first()
    if found is None:
        return "unknown"
    return "good" if found.expires_at > timezone.now() else "expired"
