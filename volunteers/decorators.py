"""What a view asks of whoever uses it."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from audit.actor import Request
from audit.decorators import View, duty_required, fresh_sign_in, is_fresh, to_fresh_sign_in

__all__ = [
    "View",
    "client_only",
    "duty_required",
    "fresh_sign_in",
    "is_fresh",
    "people_only",
    "to_fresh_sign_in",
]


def people_only(view: View) -> View:
    """For people who serve; a client's account, or somebody who has left, gets 403."""

    @wraps(view)
    def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.person is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def client_only(view: View) -> View:
    """For clients, in their portal; people who serve get 403."""

    @wraps(view)
    def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor.client is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked
