"""What every answer carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


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
