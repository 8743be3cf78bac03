"""What every answer carries."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

WITH_A_PAGE = frozenset({405, 409, 413, 429})


class HeadMiddleware:
    """The answer to HEAD has no body; not every server takes it out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep the headers, its length among them, and nothing else."""
        response = self.get_response(request)
        if request.method == "HEAD":
            if response.streaming:
                response.streaming_content = ()  # type: ignore[attr-defined]
            else:
                response.content = b""
        return response


class ErrorPagesMiddleware:
    """A page with a way out where Django answers an error with an empty body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Fill an empty error."""
        response = self.get_response(request)
        if response.status_code in WITH_A_PAGE and not response.streaming and not response.content:
            page = render(request, f"{response.status_code}.html", status=response.status_code)
            for name in ("Allow", "Retry-After"):
                if name in response.headers:
                    page.headers[name] = response.headers[name]
            return page
        return response


class NothingStaysMiddleware:
    """Pages stay in no cache and no history (P12); static files are served before this."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer."""
        response = self.get_response(request)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response


class EndedSessionMiddleware(SessionMiddleware):
    """Sessions; one that was ended elsewhere while its page was made leads to the sign-in page."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session, unless it has gone: a phone was lost, somebody left, another tab signed out."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            away = HttpResponseRedirect(str(settings.LOGIN_URL))
            away.delete_cookie(settings.SESSION_COOKIE_NAME)
            return away
