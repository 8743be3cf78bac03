"""What the pages of the portal ask: a client’s own account and password, and for most a confirmed space."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from audit.actor import Request
from volunteers.decorators import View, client_only
from volunteers.quiet import UNCONFIRMED


def own_space(view: View) -> View:
    """For clients only (403 for people who serve). Until the paper code is replaced, nothing but that; until
    another of the team has spoken to the client, nothing that others wrote, saw or shared."""

    @wraps(view)
    def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.must_change_password:  # type: ignore[union-attr]
            return redirect("portal_password")
        page = request.resolver_match.url_name if request.resolver_match else None
        if not request.actor.confirmed and page not in UNCONFIRMED:
            return redirect("portal_home")  # which says when the rest comes
        return view(request, *args, **kwargs)

    return client_only(checked)
