"""What a view asks of whoever uses it, in every app: a duty, and a sign-in that is minutes old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from audit.actor import Request

View = Callable[..., HttpResponse]
FRESH_MINUTES = 10
SENT_MINUTES = (
    14  # a little less than the database's 15: a form that was opened in time can still be sent
)


def is_fresh(request: Request) -> bool:
    """Whether this session proved within the last minutes who it is."""
    said = request.actor.said.get("fresh_at")
    if not said:
        return False
    minutes = SENT_MINUTES if request.method == "POST" else FRESH_MINUTES
    return timezone.now() - datetime.fromisoformat(said) < timedelta(minutes=minutes)


def fresh_sign_in(view: View) -> View:
    """Ask for the password (and second factor) again before something dangerous."""

    @wraps(view)
    def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        return to_fresh_sign_in(request)

    return asked


def to_fresh_sign_in(request: Request, back: str = "") -> HttpResponse:
    """To the page that asks who it is, and back. A form that was sent is asked for again there.

    ``back`` is another page to go to afterwards, for an address that is no page."""
    query = urlencode({"next": back or request.get_full_path()})
    return redirect(f"{reverse('reauthenticate')}?{query}")


def duty_required(*duties: str) -> Callable[[View], View]:
    """Let in whoever holds one of these duties and has signed the code; 403 for anybody else."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor
            if not any(actor.holds(duty) for duty in duties):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate
