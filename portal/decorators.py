"""What every page of the portal asks: a client's own account, with a password of their own."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from volunteers.decorators import View, client_only


def own_space(view: View) -> View:
    """For clients only (403 for people who serve). Until the paper code is replaced, nothing but that."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.must_change_password:  # type: ignore[union-attr]
            return redirect("portal_password")
        return view(request, *args, **kwargs)

    return client_only(checked)
