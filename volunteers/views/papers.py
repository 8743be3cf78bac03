"""The leaflet and the privacy notice on paper, without any record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import door
from audit.actor import Actor, Request
from documents import LANGUAGES, RenderError
from documents import render as render_document
from volunteers import notice
from volunteers.decorators import people_only
from volunteers.models import Branch
from volunteers.papers import leaflet_of, notice_of
from volunteers.permissions import may_print_papers
from volunteers.querysets import current_version

NAMES = {
    "leaflet": {"en": "leaflet", "fr": "depliant"},
    "privacy_notice": {"en": "notice", "fr": "notice"},
}


@require_safe
@people_only
def paper_list(request: Request) -> HttpResponse:
    """The leaflet of each of one's branches, and the notice, in both languages; or why there is none."""
    _check(request.actor)
    context = {
        "branches": Branch.objects.filter(pk__in=_own_branches(request.actor)),
        "version": current_version(),
        "published": notice.latest(),
    }
    return render(request, "volunteers/paper_list.html", context)


@require_safe
@people_only
def leaflet_print(request: Request, branch_id: UUID, language: str) -> HttpResponse:
    """The leaflet of a branch, for nobody in particular."""
    _check(request.actor)
    branch = door.get(request, Branch.objects.all(), branch_id, "leaflet.print_any")
    if branch.pk not in _own_branches(request.actor):
        raise PermissionDenied
    return _paper(request, "leaflet", leaflet_of(branch, language), language, about=branch)


@require_safe
@people_only
def notice_print(request: Request, language: str) -> HttpResponse:
    """The privacy notice as it was published last."""
    _check(request.actor)
    return _paper(request, "privacy_notice", notice_of(language), language)


def _paper(
    request: Request, template: str, data: dict[str, Any] | None, language: str, **about: Any
) -> HttpResponse:
    if language not in LANGUAGES:
        raise Http404
    if data is None:
        messages.warning(request, _("This paper cannot be printed today. The page says why."))
        return redirect("paper_list")
    try:
        pdf = render_document(template, data, language=language)
    except RenderError:
        messages.error(request, _("The document could not be made. Tell the administrator."))
        return redirect("paper_list")
    event = "leaflet.print_any" if template == "leaflet" else "notice.print"
    door.record(request, event, language=language, **about)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = (
        f'attachment; filename="{NAMES[template][language]}-{language}.pdf"'
    )
    return response


def _check(actor: Actor) -> None:
    if not may_print_papers(actor):
        raise PermissionDenied


def _own_branches(actor: Actor) -> set[UUID]:
    duties = ("volunteer", "coordinator")
    return {branch for duty in duties for branch in actor.duties.get(duty, ()) if branch}
