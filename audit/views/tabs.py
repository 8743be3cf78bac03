"""The pages about the log, side by side."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

PAGES = (
    ("log_list", _("Events")),
    ("log_unusual", _("Unusual access")),
    ("log_state", _("State and keeping")),
    ("log_keys", _("Master keys")),
    ("names_list", _("Names for clients")),
    ("request_register", _("Dates of requests")),
    ("erasure_register", _("Deletions")),
    ("retention_counts", _("Records whose time is over")),
)


def tabs(here: str) -> list[dict[str, Any]]:
    """Links to the pages; the one that is open is marked."""
    return [
        {"url": reverse(name), "label": label, "current": name == here} for name, label in PAGES
    ]
