"""No cache: a library that wants one shows itself, instead of counting where nobody keeps count."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import BaseCache


class NoCache(BaseCache):
    """Raises NotImplementedError whatever is asked of it."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
