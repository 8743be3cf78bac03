"""Quiet mode: the space of a client who is watched at home. What is not named here is not there.

And a space that nobody has confirmed: what is not named here comes once somebody has.

A page that is added later stays out until somebody decides that it betrays nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.urls import Resolver404, ResolverMatch, resolve

SPACE = "portal_"
IN_QUIET = frozenset(
    {
        "portal_home",
        "portal_record",
        "portal_requests",
        "portal_request_add",
        "portal_request_end",
        "portal_password",
        "portal_choices",
        "portal_leave",
    }
)
# In a space that nobody has confirmed: what says nothing of others, a complaint, and what is written in it.
UNCONFIRMED = IN_QUIET | {
    "portal_complaints",
    "portal_complaint_add",
    "portal_complaint_more",
    "portal_messages",
}


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
        if request.resolver_match and is_absent(request, request.resolver_match):
            raise Http404


class SlashMiddleware(CommonMiddleware):
    """Leads from an address without its last slash to the page, unless it is not there in quiet mode."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Whether a page is there, with the slash, for whoever asks."""
        if not super().should_redirect_with_slash(request):
            return False
        try:
            return not is_absent(request, resolve(f"{request.path_info}/"))
        except Resolver404:
            return False


def is_absent(request: HttpRequest, match: ResolverMatch) -> bool:
    """Whether the space of whoever asks has no such page."""
    actor = getattr(request, "actor", None)  # none where nothing got as far as a page
    name = match.url_name or ""
    return bool(actor and actor.quiet) and name.startswith(SPACE) and name not in IN_QUIET
