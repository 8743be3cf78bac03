"""The record page with a permission by guardian and a line of auditlog's log of access."""

from __future__ import annotations

from uuid import UUID

from auditlog.signals import accessed
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from benchmarks.bare.models import Client
from benchmarks.bare.views import record


def client_view(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A record."""
    client = get_object_or_404(Client.objects.select_related("branch"), pk=client_id)
    if not request.user.has_perm("bare.view_client", client):
        raise PermissionDenied
    accessed.send(Client, instance=client)
    return render(request, "clients/records/client_view.html", record(request, client))
