"""The privacy page (P1): what this site keeps of whoever visits it. Open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from volunteers.middleware import before_undertaking


@before_undertaking
@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """Cookies, log, nothing from elsewhere, whom to ask."""
    visit = request.visit  # type: ignore[attr-defined]
    frame = (
        "base.html" if visit.person else "base_portal.html" if visit.client else "base_plain.html"
    )
    return render(request, "volunteers/privacy.html", {"frame": frame})
