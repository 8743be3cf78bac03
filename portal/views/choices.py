"""What clients choose for their space (text, notes, a pause), and what was explained to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.actor import Request
from clients.access.definers import execute
from clients.models import Explanation
from documents import render as render_document
from portal.decorators import own_space
from portal.forms import PauseForm
from portal.pages import own_access, own_client, portal_page
from volunteers.code_text import read
from volunteers.decorators import is_fresh, to_fresh_sign_in
from volunteers.models import PolicyText
from volunteers.papers import leaflet_of


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
def portal_choices(request: Request) -> HttpResponse:
    """Text, language, password; and, in a space that shows all, notes, a pause, what was explained."""
    if request.method == "POST":
        return _pause(request)
    context = {"access": own_access(request)}
    return portal_page(request, "portal/choices.html", context)


def _pause(request: Request) -> HttpResponse:
    """Close the space until a day; signs out at once.

    Asked for and sent here, under this page's title: what a browser remembers says nothing of a pause.
    """
    if request.actor.quiet or not request.actor.confirmed:
        raise Http404
    if not is_fresh(request):
        return to_fresh_sign_in(request)
    form = PauseForm(request.POST if "until_day" in request.POST else None)
    if form.is_valid():
        execute("pause_space", form.cleaned_data["until"])
        logout(request)
        response = redirect(f"{reverse('sign_in')}?ended=out")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
    context = {"form": form, "branch": own_client(request).branch}
    return portal_page(request, "portal/pause.html", context)


@own_space
@require_POST
def portal_notes(request: Request) -> HttpResponse:
    """Not to be shown the words of notes, or to be shown them again."""
    shown = request.POST.get("shown") == "yes"
    execute("show_notes", shown)
    if shown:
        messages.success(request, _("The notes are shown again."))
    else:
        messages.success(
            request, _("The notes are hidden. Each can be shown once, where it stands.")
        )
    return redirect("portal_contacts")


@require_GET
@own_space
def portal_code(request: Request, version_id: UUID) -> HttpResponse:
    """The code of confidentiality, in the version that was explained to me. Other versions are not there."""
    mine = Explanation.objects.filter(client=request.actor.client, given=True, version=version_id)
    texts = PolicyText.objects.filter(version=version_id).select_related("version")
    by_language = {text.language: text for text in texts} if mine.exists() else {}
    text = by_language.get((get_language() or "en")[:2]) or next(iter(by_language.values()), None)
    if text is None:
        raise Http404
    context = {"text": text, "version": text.version, "code": read(text.text)}
    return portal_page(request, "portal/code.html", context)


@require_GET
@own_space
def portal_leaflet(request: Request) -> HttpResponse:
    """The leaflet of today in the language of the page, as a PDF. Nothing in it is about me."""
    client, language = own_client(request), (get_language() or "en")[:2]
    data = leaflet_of(client.branch, language)
    if data is None:
        messages.warning(request, _("There is no leaflet today. Ask us, and we send you one."))
        return redirect("portal_choices")
    response = HttpResponse(
        render_document("leaflet", data, language=language), content_type="application/pdf"
    )
    name = {"fr": "depliant"}.get(language, "leaflet")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
