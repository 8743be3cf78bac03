"""Who acts: one transaction with one principal, the receipts of what it opened, what it was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from audit import sink
from vault.principals import enter

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


class LogUnavailable(Exception):
    """The log could not record something, so nothing is shown and nothing is changed (503)."""


class Request(HttpRequest):
    """A request with who acts in it, as the middleware hands it on."""

    actor: Actor
    htmx: HtmxDetails


def known(somebody: UUID | None) -> UUID:
    """Somebody of whom a decorator has made sure. Raises PermissionDenied without."""
    if somebody is None:
        raise PermissionDenied
    return somebody


@dataclass(frozen=True)
class Denial:
    """Something that was refused, to be logged after the transaction has ended."""

    action: str
    object_type: str
    object_id: UUID | None


@dataclass
class Actor:
    """Who acts in this transaction, and the receipts of the events written for it."""

    token: str
    receipts: list[UUID] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    looking_at: Denial | None = None  # what would be refused, if the page that asked for it is
    undoing: list[Callable[[], None]] = field(default_factory=list)
    # What this transaction made: its keys came from here, and nobody else has written into it yet.
    made: dict[UUID, SubjectKeys] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=lambda: {"kind": "nobody"})

    @property
    def kind(self) -> str:
        """nobody, user, invitation, recipient, job or command."""
        return self.said["kind"]

    @cached_property
    def person(self) -> UUID | None:
        """The person who serves, signed or not."""
        return _uuid(self.said.get("person"))

    @cached_property
    def client(self) -> UUID | None:
        """The client whose portal this is."""
        return _uuid(self.said.get("client"))

    @property
    def quiet(self) -> bool:
        """Whether this is a client's portal that shows nothing of what others wrote or looked at."""
        return bool(self.said.get("quiet"))

    @property
    def confirmed(self) -> bool:
        """Whether another of the team has spoken to the client whose portal this is."""
        return bool(self.said.get("confirmed"))

    @property
    def limited(self) -> bool:
        """Whether a second factor must be set up before anything else."""
        return bool(self.said.get("limited"))

    @property
    def cleared(self) -> bool:
        """Whether the person has signed the code that binds today (P2), or has some days left to do so."""
        return bool(self.said.get("cleared"))

    @property
    def to_sign_by(self) -> date | None:
        """The day on which the code that they have yet to sign shuts them out; None where all is signed."""
        day = self.said.get("to_sign_by")
        return date.fromisoformat(day) if day else None

    @cached_property
    def duties(self) -> dict[str, frozenset[UUID | None]]:
        """Live duties: kind to branches (None for the whole association)."""
        found: dict[str, set[UUID | None]] = {}
        for duty in self.said.get("duties", []):
            found.setdefault(duty["kind"], set()).add(_uuid(duty["branch"]))
        return {kind: frozenset(branches) for kind, branches in found.items()}

    @cached_property
    def barred(self) -> frozenset[UUID]:
        """Clients that a coordinator's duty does not open: a conflict of interest, or protected."""
        return frozenset(UUID(client) for client in self.said.get("barred", []))

    def holds(self, duty: str, branch: UUID | None = None) -> bool:
        """Whether the person holds this duty, in this branch if one is given."""
        branches = self.duties.get(duty, frozenset())
        return branch in branches if branch else bool(branches)

    @contextmanager
    def transaction(self) -> Iterator[Actor]:
        """Run the block in one transaction as this principal; receipts are counted at its end.

        For jobs and commands. The web does the same in its middleware.
        """
        self.receipts.clear()
        self.made.clear()
        # Durable: inside another transaction this principal would outlast the block.
        with self.undone_on_failure(), transaction.atomic(durable=True):
            self.enter()
            yield self
            self.settle()

    @contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        """Undo what lies outside the database (a sealed file) when the transaction inside fails.

        Whoever writes such a thing appends its removal to ``undoing``.
        """
        try:
            yield
        except BaseException:
            while self.undoing:
                self.undoing.pop()()
            raise
        finally:
            self.undoing.clear()

    def enter(self) -> None:
        """Tell the database who this is. Needs an open transaction."""
        self.said = enter(self.token)
        for name in ("person", "client", "duties", "barred"):
            self.__dict__.pop(name, None)

    def settle(self) -> None:
        """Count the receipts. Raises LogUnavailable when an event was swallowed on the way."""
        if not set(self.receipts) <= sink.note():
            raise LogUnavailable("An event of the log was lost before the end of the transaction.")

    def log_denials(self) -> None:
        """Write what was refused, in a transaction of its own."""
        if not self.denials:
            return
        with transaction.atomic():
            enter(self.token)
            with connection.cursor() as cursor:
                for denial in self.denials:
                    cursor.execute(
                        "SELECT sec.deny(%s, %s, %s)",
                        [denial.action, denial.object_type, denial.object_id],
                    )
            sink.note()
        self.denials.clear()


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
