"""Pages are sent compressed, unless somebody elsewhere could use their length to guess what they hold.

The length of a compressed page tells how well its parts are alike. Whoever can choose a part of it, make the
browser ask for it again and again, and see the lengths on the way, guesses the other parts letter by letter
(BREACH). So neither may be possible: decision 55.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

WORTH = 400  # bytes: shorter ones would not become shorter
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0+)?\s*(?:,|$))")
# Followed on a page of ours, or typed: never what another site asks for, directly or by way of ours. A
# browser sets this by itself, no script can; one that is too old to say so gets pages as they are.
ASKED_FROM_HERE = frozenset({"same-origin", "none"})
# Bytes at most, of a random number: they hide what a letter more or less would change.
NOISE = 100


class CompressedMiddleware:
    """gzip for pages that were asked for from here and show nothing of what was sent with the question."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The same page, shorter where that is safe."""
        response = self.get_response(request)
        if not is_page(response):
            return response
        patch_vary_headers(response, ("Accept-Encoding", "Sec-Fetch-Site"))
        if may_compress(request):
            response.content = compress_string(response.content, max_random_bytes=NOISE)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Length"] = str(len(response.content))
        return response


def is_page(response: HttpResponse) -> bool:
    """Whole HTML, long enough. What is downloaded goes as it is."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.has_header("Content-Encoding")
        and response.headers.get("Content-Type", "").startswith("text/html")
        and len(response.content) >= WORTH
    )


def may_compress(request: HttpRequest) -> bool:
    """Whether nobody elsewhere asked for it, and nothing that was sent along stands in it."""
    return (
        request.method == "GET"
        and not request.META.get("QUERY_STRING")
        and request.headers.get("Sec-Fetch-Site") in ASKED_FROM_HERE
        and TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")) is not None
    )
