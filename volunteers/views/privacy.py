"""The privacy page (P1): what this site keeps of whoever visits it. Open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render

from audit.actor import Request
from volunteers.middleware import before_undertaking


@before_undertaking
@login_not_required
def privacy(request: Request) -> HttpResponse:
    """Cookies, log, nothing from elsewhere, whom to ask; the short one says nothing of records and teams."""
    actor = request.actor
    frame = (
        "base.html" if actor.person else "base_portal.html" if actor.client else "base_plain.html"
    )
    # What quiet mode does not show, no page tells of that it leads to; and whoever is not signed in may have
    # come from there.
    whole = actor.person or (actor.client and not actor.quiet)
    page = "privacy.html" if whole else "privacy_short.html"
    return render(request, f"volunteers/{page}", {"frame": frame})
