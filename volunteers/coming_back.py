"""Where to go after an act that asks to come back: the one reading of every ``next``."""

from __future__ import annotations

import inspect
from typing import Any
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest) -> str:
    """The path that the request asks to come back to, if it is a page of this site; else ''.

    A path and nothing else: Django takes a bare word for the name of a view.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, None):
        return ""
    return wanted if is_page(wanted) else ""


def page_of(request: HttpRequest) -> str:
    """The page that this request belongs to: its own, or that of the button which sent it; else ''."""
    if request.method == "GET":
        return request.get_full_path()
    sender = urlsplit(request.headers.get("Referer", ""))
    pages = [request.path]
    if sender.netloc == request.get_host():
        pages.append(sender._replace(scheme="", netloc="", fragment="").geturl())
    return next(filter(is_page, pages), "")


def is_page(address: str) -> bool:
    """Whether an address of this site can be looked at: some take forms only."""
    try:
        view: Any = resolve(unquote(urlsplit(address).path)).func
    except Resolver404:
        return True
    while view is not None:
        # What Django's require_http_methods allows stands nowhere but in its closure.
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list", ["GET"])
        if "GET" not in methods:
            return False
        view = getattr(view, "__wrapped__", None)
    return True
