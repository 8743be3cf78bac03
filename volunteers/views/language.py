"""The language of pages, of the account once signed in, of the browser before; and the size of their text."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from audit.actor import Request
from volunteers.actions.accounts import set_language as keep_language
from volunteers.coming_back import safe_next
from volunteers.context import LARGE_TEXT
from volunteers.middleware import before_undertaking

YEAR = 365 * 24 * 3600


@before_undertaking
@login_not_required
@require_POST
def set_language(request: Request) -> HttpResponse:
    """Change the language and come back to the same page."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_next(request) or "/")
    if language not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        keep_language(user=request.user.pk, by=request.actor, language=language)
    # For the next page before sign-in, too.
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@before_undertaking
@login_not_required
@require_POST
def set_text_size(request: Request) -> HttpResponse:
    """Larger text in this browser, or as it was; and come back to the same page."""
    response = HttpResponseRedirect(safe_next(request) or "/")
    if request.POST.get("large") == "yes":
        response.set_cookie(
            LARGE_TEXT,
            "1",
            max_age=YEAR,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(LARGE_TEXT, samesite="Lax")
    return response
