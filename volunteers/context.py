"""What every page of people who serve shows round its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page. Asks the database nothing, so that error pages can use it too."""
    return {"demonstration": settings.DEMONSTRATION}
