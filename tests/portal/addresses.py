"""The addresses of the client's own space."""

from __future__ import annotations

from uuid import uuid4

from django.urls import reverse

from portal.urls import urlpatterns

NAMES = [pattern.name for pattern in urlpatterns]


def taking(name: str) -> list[str]:
    """What the address of a page takes."""
    return list(next(p for p in urlpatterns if p.name == name).pattern.converters)


def address(name: str) -> str:
    """The address of a page of the space, with some id where it takes one."""
    pattern = next(p for p in urlpatterns if p.name == name)
    return reverse(name, args=[uuid4() for _ in pattern.pattern.converters])
