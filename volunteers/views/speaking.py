"""What the president says of the association, and the privacy notice that follows from it."""

from __future__ import annotations

from django.contrib import messages
from django.db import OperationalError, ProgrammingError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.actor import Request
from volunteers import code_text, notice, speaking
from volunteers.actions import speaking as acts
from volunteers.decorators import duty_required, fresh_sign_in
from volunteers.forms.speaking import AssociationForm
from volunteers.middleware import before_undertaking
from volunteers.models import Branch

# In this order on the page, with a heading above each part.
PARTS = (
    ("reached", "name address phone hours_fr hours_en about_fr about_en"),
    ("registered", "rna siren publisher host_name host_address host_phone"),
    ("protection", "lead_phone within_eu"),
    ("portal", "portal_name_fr portal_name_en quick_exit_url"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@before_undertaking
@duty_required("president")
@fresh_sign_in
def association_edit(request: Request) -> HttpResponse:
    """Name, address, numbers, host, publisher, the lead's telephone, hours, and the neutral names."""
    found = speaking.association()
    form = AssociationForm(request.POST or None, association=found)
    if request.method == "POST" and form.is_valid():
        acts.change_association(by=request.actor, values=form.cleaned_data)
        messages.success(request, _("Saved. Pages and papers say it from now on."))
        return redirect("association_edit")
    published = notice.latest()
    context = {
        "form": form,
        "parts": {name: [form[field] for field in fields.split()] for name, fields in PARTS},
        "missing": speaking.missing_of_association(found),
        "branches": [
            (branch, missing)
            for branch in Branch.objects.order_by("name")
            if (missing := speaking.missing_of_branch(branch))
        ],
        "lead_name": found.lead_name,  # type: ignore[attr-defined]
        "published": published,
        "notice_stands": notice.is_as_today(published, found),
    }
    return render(request, "volunteers/association_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@before_undertaking
@duty_required("president")
@fresh_sign_in
def notice_publish(request: Request) -> HttpResponse:
    """The privacy notice as it would read today, to look at and to publish in both languages."""
    found = speaking.association()
    published = notice.latest()
    if request.method == "POST":
        return _publish(request, stands=notice.is_as_today(published, found))
    shown = request.GET.get("text", (get_language() or "fr")[:2])
    language = shown if shown in ("en", "fr") else "fr"
    text = notice.compose(found, language)
    before = notice.text_of(published, language) if published else ""
    context = {
        "notice": code_text.read(text),
        "language": language,
        "languages": [
            {"label": name, "url": f"?text={code}", "current": code == language}
            for code, name in (("fr", "Français"), ("en", "English"))
        ],
        "changes": code_text.changes(before, text) if published else [],
        "published": published,
        "stands": notice.is_as_today(published, found),
        "missing": speaking.missing_of_association(found),
    }
    return render(request, "volunteers/notice_publish.html", context)


def _publish(request: Request, *, stands: bool) -> HttpResponse:
    if stands:
        messages.info(request, _("The notice that is published says all of this already."))
        return redirect("privacy")
    try:
        with transaction.atomic():
            number = acts.publish_notice(by=request.actor)
    except (OperationalError, ProgrammingError):
        messages.warning(request, _("Nothing was published. Sign in again and try once more."))
        return redirect("notice_publish")
    messages.success(request, _("Version %(number)s is published.") % {"number": number})
    return redirect("privacy")
