"""Filters that these templates need.

As they were for all pages before decision 50."""

from collections.abc import Iterable

from django import template

register = template.Library()

ICONS = {
    "success": "check",
    "warning": "warning",
    "error": "cross",
    "danger": "cross",
    "waiting": "clock",
    "info": "info",
    "debug": "info",
}


@register.filter
def paired_with(cells: Iterable[object], labels: Iterable[object]) -> list[tuple[object, object]]:
    """Pair each cell of a row with the label of its column, for tables that stack on a phone."""
    return list(zip(cells, labels, strict=True))


@register.filter
def icon_for(kind: object) -> str:
    """Name the icon of a kind of notice, message or tag, so that colour never stands alone."""
    return ICONS.get(str(kind), "dot")
