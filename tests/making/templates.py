"""Templates of a test's own, drawn as those of the pages are."""

from __future__ import annotations

from typing import Any

from django.template import engines
from jinja2 import DictLoader

EXAMPLE = "clients/example.html"


def drawn(source: str, **names: Any) -> str:
    """What a template that reads like this shows."""
    pages = engines["jinja2"].env.overlay(loader=DictLoader({EXAMPLE: source}))  # type: ignore[attr-defined]
    return str(pages.get_template(EXAMPLE).render(names))
