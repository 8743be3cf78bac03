"""The search. Words are sent by POST and answered at once: they stand in no address and no history."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from audit.actor import Request
from clients.access import permissions
from clients.search.forms import SearchForm
from clients.search.search import search
from volunteers.decorators import people_only


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def client_search(request: Request) -> HttpResponse:
    """Look among what one may see; the page, or only the results for htmx."""
    actor = request.actor
    permissions.check_serves(actor)
    form = SearchForm(request.POST or None)
    result = None
    if request.method == "POST" and form.is_valid():
        result = search(by=actor, **form.cleaned_data)
    context = {"form": form, "result": result}
    return render(request, "clients/search/client_search.html", context)
