"""Quiet mode: the space of a client who is watched at home. What is not named here is not there.

A page that is added later stays out until somebody decides that it betrays nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

SPACE = "portal_"
IN_QUIET = frozenset({
    "portal_home", "portal_record", "portal_requests", "portal_request_add", "portal_password",
    "portal_leave",
})  # fmt: skip


class QuietMiddleware:
    """Answers for every other page of the space as for an address at which there never was one.

    Stands before the check of forms, whose answer would otherwise tell that an address leads somewhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the address is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Raises the Http404 of an absent page."""
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if request.visit.quiet and name.startswith(SPACE) and name not in IN_QUIET:  # type: ignore[attr-defined]
            raise Http404
