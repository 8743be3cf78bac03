"""Counting wrong tries of any secret; see ``volunteers/counting.py``."""

from __future__ import annotations

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest

from volunteers.counting import COUNTED_AS


def allowed(request: HttpRequest, name: str) -> bool:
    """Whether another try may be made under this name; if not, the answer becomes the lockout page."""
    credentials = {COUNTED_AS: name}
    if AxesProxyHandler.is_allowed(request, credentials):
        return True
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return False


def failed(request: HttpRequest, name: str) -> None:
    """Count a wrong try."""
    AxesProxyHandler.user_login_failed(__name__, {COUNTED_AS: name}, request)


def forget(request: HttpRequest, name: str) -> None:
    """Start again at nought, after a right one."""
    AxesProxyHandler.update_request(request)
    AxesProxyHandler.get_implementation().reset_user_attempts(request, {COUNTED_AS: name})
