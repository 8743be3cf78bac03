"""The frame of a page: the same navigation, from a fixed list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Item:
    """An entry of the navigation."""

    url: str
    label: str
    icon: str
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page shows round its content."""
    user, home = request.user, reverse("home")
    if not user.is_authenticated:
        return {}
    items = []
    for name, label, icon in settings.PLAIN["navigation"][user.last_name]:
        url = reverse(name)
        current = request.path == url or (url != home and request.path.startswith(url))
        items.append(Item(url, _(label), icon, current))
    return {
        "demonstration": True,
        "alive_url": reverse("session_alive"),
        "idle_minutes": 30,
        "home_url": home,
        "privacy_url": reverse("privacy"),
        "legal_url": reverse("legal"),
        "navigation": items,
        "navigation_user": {
            "name": user.first_name,
            "roles": _(user.last_name),
            "account_url": reverse("account"),
            "talk_url": reverse("talk_add"),
            "sign_out_url": reverse("sign_out"),
        },
    }
