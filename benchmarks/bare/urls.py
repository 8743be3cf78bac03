"""Every address of the real application by the same name, so that templates link alike; a few answer."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from benchmarks.bare import views


def elsewhere(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """A page that is not measured."""
    raise Http404


MEASURED = {"client_view": views.client_view, "client_list": views.client_list}
urlpatterns = [
    path(route, MEASURED.get(name, elsewhere), name=name)
    for name, route in settings.PLAIN["routes"]
]
