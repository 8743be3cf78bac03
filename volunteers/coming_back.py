"""Where to go after an act that asks to come back: the one reading of every ``next``."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest) -> str:
    """The path that the request asks to come back to, if it is one of this site; else ''.

    A path and nothing else: Django takes a bare word for the name of a view.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, None):
        return ""
    return "" if wanted.split("?")[0] == reverse("sign_out") else wanted
