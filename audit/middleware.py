"""One transaction round each view, as one principal; nothing leaves unless the log has it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import DatabaseError, connections, transaction
from django.dispatch import receiver
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from psycopg.errors import InsufficientPrivilege

from audit.actor import Actor, Denial, LogUnavailable, Request
from audit.door import NotPermitted
from audit.events import PAGE
from vault.files import SealBroken
from vault.principals import enter

FORBIDDEN, UNAVAILABLE = 403, 503
LONGEST = 40  # of an event's name
log = logging.getLogger("audit")


class _Undo(Exception):
    """Rolls the transaction back while keeping the answer."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


@receiver(got_request_exception)
def renew(**_: Any) -> None:
    """After an error the next request has new connections: it may lie in what somebody left on these."""
    for connection in connections.all(initialized_only=True):
        connection.close_at = 0.0  # Django closes what is past its time at the end of the request


class DoorMiddleware:
    """Opens the transaction, enters as the session's principal, counts receipts, logs denials.

    Rolls back on exceptions only: rolling back on a status would make lockouts forget.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """Serve the request in one transaction of whoever asks."""
        actor = Actor(token=getattr(request.session, "principal_token", ""))
        request.actor = actor
        try:
            with actor.undone_on_failure(), transaction.atomic():
                actor.enter()
                response = self.get_response(request)
                if getattr(request, "view_failed", False):
                    raise _Undo(response)
                actor.settle()
        except _Undo as undo:
            response = undo.response
        except (LogUnavailable, DatabaseError) as error:
            response = self.unavailable(request, error)
        if response.status_code in (FORBIDDEN, UNAVAILABLE) and ended_meanwhile(actor):
            # Whoever asked was signed out, or left, while the page was made.
            response = HttpResponseRedirect(str(settings.LOGIN_URL))
        if response.status_code == FORBIDDEN and not actor.denials:
            actor.denials += refused_page(request, actor)
        try:
            actor.log_denials()
        except DatabaseError as error:
            response = self.unavailable(request, error)
        if getattr(request, "database_failed", False):
            connections.close_all()  # whatever is the matter with them, the next request has new ones
        return response

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        """Remember that the view failed, and answer what the log or the database refused."""
        request.view_failed = True  # type: ignore[attr-defined]
        if isinstance(exception, LogUnavailable | DatabaseError):
            return self.unavailable(request, exception)
        if isinstance(exception, NotPermitted):
            return render(request, "403.html", status=403)
        if isinstance(exception, SealBroken):
            renew()
            return self.altered(request, exception)
        return None

    @staticmethod
    def altered(request: Request, error: SealBroken) -> HttpResponse:
        """What is stored is not what was saved: nothing is shown, and the log says of which row."""
        about = {"request": request, "status_code": 500}
        log.error("A sealed value does not open", exc_info=error, extra=about)
        if error.place:
            denial = Denial("row.broken", error.place.table, error.place.row)
            request.actor.denials.append(denial)
        return render(request, "500_altered.html", status=500)

    @staticmethod
    def unavailable(request: Request, error: Exception) -> HttpResponse:
        """503: nothing was shown, nothing was changed, trying again is safe.

        Where the database refused, a right ended while the page was made: 403, and the same.
        """
        refused = isinstance(error.__cause__, InsufficientPrivilege) and isinstance(
            error, DatabaseError
        )
        status = FORBIDDEN if refused else UNAVAILABLE
        request.database_failed = True  # type: ignore[attr-defined]
        about = {"request": request, "status_code": status}
        log.error("%d", status, exc_info=error, extra=about)
        return render(request, f"{status}.html", status=status)


def refused_page(request: Request, actor: Actor) -> list[Denial]:
    """What a 403 refused: what the page had asked for, or the page itself, with the client in its address.

    Not for nobody, who is asked to sign in; nor a recipient's wrong passphrase, an event already; nor a
    form whose token is too old.
    """
    stale = getattr(request, "form_is_stale", False)
    if stale or actor.kind in ("nobody", "recipient") or request.resolver_match is None:
        return []
    if actor.looking_at:
        return [actor.looking_at]
    client = request.resolver_match.kwargs.get("client_id")
    name = f"{PAGE}{request.resolver_match.url_name}"[:LONGEST]
    return [Denial(name, "clients_client" if client else "", client)]


def ended_meanwhile(actor: Actor) -> bool:
    """Whether the request began as somebody and its principal is nobody now."""
    if actor.kind == "nobody":
        return False
    try:
        with transaction.atomic():
            return enter(actor.token)["kind"] == "nobody"
    except DatabaseError:
        return False
