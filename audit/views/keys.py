"""Which master key locks the records, what is still locked with an older one, and since when."""

from __future__ import annotations

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit import door
from audit.actor import Request
from audit.decorators import duty_required
from audit.views.tabs import tabs
from vault.rotation import standings


@require_GET
@duty_required("protection")
def log_keys(request: Request) -> HttpResponse:
    """All master keys that there were, the newest first: names and numbers, no key."""
    with connection.cursor() as cursor:
        keys = standings(cursor)
    door.record(request, "keyring.state")
    context = {"keys": keys, "tabs": tabs("log_keys")}
    return render(request, "audit/log_keys.html", context)
