"""Reading and signing the code of confidentiality, and what one has signed (P2, P3)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from documents import RenderError
from documents import render as render_document
from volunteers import code_text
from volunteers.actions import code
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.forms.code import SignForm
from volunteers.middleware import before_undertaking
from volunteers.models import Association, PersonDetails, PolicyVersion, Undertaking
from volunteers.querysets import current_version, text_in, undertakings_of
from volunteers.speaking import letterhead


@before_undertaking
@people_only
def code_read(request: Request) -> HttpResponse:
    """The code that binds today, in the person's language or the other."""
    version = current_version()
    if version is None:
        return render(request, "volunteers/code_none.html", {"may_adopt": _may_adopt(request)})
    text = text_in(version, request.GET.get("text", get_language()[:2]))
    if text is None:
        raise Http404
    mine = undertakings_of(request.actor.person)
    context = {
        "version": version,
        "text": text,
        "code": code_text.read(text.text),
        "languages": language_tabs(version, text.language, reverse("code_read")),
        "signed": mine.filter(version=version).first(),
        "signed_before": mine.first(),
        "cleared": request.actor.cleared,
        "may_adopt": _may_adopt(request),
    }
    return render(request, "volunteers/code_read.html", context)


@before_undertaking
@people_only
@fresh_sign_in
def code_sign(request: Request, language: str = "") -> HttpResponse:
    """One tick and one button; keeps the exact text, its hash and the time."""
    version = current_version()
    text = text_in(version, language or get_language()[:2]) if version else None
    if version is None or text is None:
        return redirect("code_read")
    person = request.actor.person
    if undertakings_of(person).filter(version=version).exists():
        messages.info(
            request, _("You have signed this version already. There is nothing more to do.")
        )
        return redirect("home")
    form = SignForm(request.POST or None, initial={"text": text.pk})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["text"] not in {each.pk for each in version.texts.all()}:
            messages.warning(
                request, _("A newer version was adopted just now. Please read it first.")
            )
            return redirect("code_read")
        code.sign_undertaking(by=request.actor, text=form.cleaned_data["text"])
        messages.success(request, _("Thank you. You have signed the code of confidentiality."))
        return redirect("home")
    context = {"version": version, "text": text, "code": code_text.read(text.text), "form": form}
    return render(request, "volunteers/code_sign.html", context)


@before_undertaking
@people_only
def undertaking_view(request: Request) -> HttpResponse:
    """What I signed, and when."""
    mine = list(undertakings_of(request.actor.person))
    return render(request, "volunteers/undertaking_view.html", {"undertakings": mine})


@before_undertaking
@people_only
def undertaking_get(request: Request, undertaking_id: UUID) -> HttpResponse:
    """An undertaking as a PDF; the database says whose one may see."""
    rows = Undertaking.objects.select_related("version__adopted_by", "person")
    undertaking = door.get(request, rows, undertaking_id, "undertaking.view")
    try:
        pdf = render_document(
            "undertaking", paper(request, undertaking), language=get_language()[:2]
        )
    except RenderError:
        messages.error(request, _("The document could not be made. Tell the administrator."))
        return redirect("undertaking_view")
    door.record(request, "undertaking.print", about=undertaking)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="undertaking.pdf"'
    return response


def paper(request: Request, undertaking: Undertaking) -> dict[str, object]:
    """The data of the printed undertaking."""
    version = undertaking.version
    return {
        **letterhead(Association.objects.get()),
        "signer": signer_name(request, undertaking),
        "signed_at": undertaking.signed_at,
        "proof": _("a sign-in of the same moment, with the person’s own account"),
        "policy": {
            "version": str(version.number),
            "adopted_on": version.adopted_on,
            "adopted_by": version.adopted_by.working_name if version.adopted_by else None,
            "language": undertaking.language,
            "text": undertaking.text,
            "sha256": undertaking.text_sha256,
        },
    }


def signer_name(request: Request, undertaking: Undertaking) -> str:
    """The full name where this reader may see it; else the name under which the person works."""
    person = undertaking.person
    details = PersonDetails.objects.filter(person=person).first()
    full_name = ""
    if details:
        purpose = "own_record" if person.pk == request.actor.person else "coordination"
        keys = door.open_one(request, person.pk, "person.view", purpose)
        details.unlock(keys)
        full_name = details.full_name
    return f"{full_name or person.working_name} ({person.reference})"


def language_tabs(version: PolicyVersion, now: str, url: str) -> list[dict[str, object]]:
    """One tab for each language of a version's text."""
    return [
        {
            "url": f"{url}?text={text.language}",
            "label": get_language_info(text.language)["name_local"].capitalize(),
            "current": text.language == now,
        }
        for text in sorted(version.texts.all(), key=lambda text: text.language)
    ]


def _may_adopt(request: Request) -> bool:
    return request.actor.holds("president")
