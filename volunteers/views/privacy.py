"""The privacy page (P1): what this site keeps of whoever visits it. Open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render

from audit.visit import Request
from volunteers.middleware import before_undertaking


@before_undertaking
@login_not_required
def privacy(request: Request) -> HttpResponse:
    """Cookies, log, nothing from elsewhere, whom to ask; the short one says nothing of records and teams."""
    visit = request.visit
    frame = (
        "base.html" if visit.person else "base_portal.html" if visit.client else "base_plain.html"
    )
    # What quiet mode does not show, no page tells of that it leads to; and whoever is not signed in may have
    # come from there.
    whole = visit.person or (visit.client and not visit.quiet)
    page = "privacy.html" if whole else "privacy_short.html"
    return render(request, f"volunteers/{page}", {"frame": frame})
