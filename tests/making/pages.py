"""Signing in to pages, and what is read from them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

SignIn = Callable[..., Browser]


def errors(response: Any) -> str:
    """The words of the error summary."""
    found = re.search(r'<div class="error-summary".*?</div>', response.content.decode(), re.S)
    return found[0] if found else response.content.decode()[:2000]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


def without_chance(page: bytes) -> bytes:
    """A page without its form tokens and the ids that were asked for."""
    return re.sub(rb"[A-Za-z0-9]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"", page)
