"""Inviting somebody with a code, and joining with it."""

from __future__ import annotations

from uuid import UUID, uuid4

from audit.actor import Actor
from audit.door import new_keys
from vault.principals import (
    Challenge,
    command_transaction,
    cover,
    name_of,
    secret_of,
    signin_transaction,
    token_from,
    unprepared,
)
from volunteers import passwords
from volunteers.models.accounts import normalise_username
from volunteers.references import new_code, new_reference, normalise_code

INVITATION_DAYS = 14


def invite(
    *,
    by: Actor,
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
        covered = cover(cursor, invitation_token(code), by.token)
        cursor.execute(
            "SELECT sec.invite(%s, %s, %s, %s, %s, %s, %s)",
            [invitation, duty, branch, language, covered, days, again],
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
    token = invitation_token(code)
    with signin_transaction(token) as cursor:
        salt, covered = passwords.covered(cursor, password, token)
        cursor.execute(
            "SELECT sec.join(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                user,
                normalise_username(username),
                salt,
                covered,
                language,
                working_name,
                new_reference("P"),
                wrapped.data,
                wrapped.audit,
            ],
        )
        return cursor.fetchone()[0]


def withdraw(*, by: Actor, invitation: UUID) -> bool:
    """Take an unused invitation back; False when it was used or taken back before."""
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.withdraw_invitation(%s)", [invitation])
        return cursor.fetchone()[0]


def invitation_token(code: str) -> str:
    """The principal's token of an invitation code, however it was typed."""
    return token_from(normalise_code(code), "invitation")


def command_actor(branch: UUID, purpose: str, minutes: int = 60) -> Actor:
    """An actor for somebody at the server: a management command that works for one branch.

    Its own role begins it, which no process that serves pages has. It sees the branch as its
    coordinators do.
    """
    with command_transaction() as cursor:
        cursor.execute("SELECT sec.begin_command(%s, %s, %s)", [branch, purpose, minutes])
        return Actor(cursor.fetchone()[0])


def end_command(actor: Actor) -> None:
    """The command is over before its time."""
    with command_transaction(actor.token) as cursor:
        cursor.execute("SELECT sec.go_out()")


def standing_of(code: str) -> tuple[str, UUID | None]:
    """Whether a code is ``good``, ``expired`` or ``unknown`` (or used up), and of which invitation."""
    token = invitation_token(code)
    with signin_transaction("") as cursor, unprepared(cursor):
        proof = Challenge.of(cursor).proof(secret_of(token))
        cursor.execute("SELECT * FROM sec.invitation_standing(%s, %s)", [name_of(token), proof])
        standing, invitation = cursor.fetchone()
        return standing, invitation
