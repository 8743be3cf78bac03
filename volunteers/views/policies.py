"""Versions of the code: all of them, writing one, adopting one (P17)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError, ProgrammingError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from vault.exceptions import Conflict
from volunteers import code_text
from volunteers.actions import code
from volunteers.decorators import duty_required, fresh_sign_in, people_only
from volunteers.forms.code import AdoptForm, VersionForm
from volunteers.middleware import before_undertaking
from volunteers.models import PolicyVersion
from volunteers.permissions import may_read_versions
from volunteers.querysets import current_version, serving, text_in, version_before
from volunteers.views.code import language_tabs


@before_undertaking
@people_only
def policy_list(request: Request) -> HttpResponse:
    """All versions, the latest first."""
    if not may_read_versions(request.actor):
        return redirect("code_read")
    current = current_version()
    versions = [
        {"version": version, "state": state_of(version, current)}
        for version in PolicyVersion.objects.order_by("-number")
    ]
    may_write = request.actor.holds("president")
    context = {"versions": versions, "may_write": may_write}
    return render(request, "volunteers/policy_list.html", context)


@before_undertaking
@people_only
def policy_view(request: Request, version_id: UUID) -> HttpResponse:
    """One version: its text, its state, and who has signed it."""
    actor = request.actor
    if not may_read_versions(actor):
        return redirect("code_read")
    rows = PolicyVersion.objects.select_related("adopted_by").prefetch_related("texts")
    version = door.get(request, rows, version_id, "policy.view")
    text = text_in(version, request.GET.get("text", get_language()[:2]))
    if text is None:
        raise Http404
    before = version_before(version)
    old = text_in(before, text.language) if before else None
    signed = version.undertakings.select_related("person").order_by("person__working_name")
    people = {undertaking.person_id for undertaking in signed}
    sees_others = actor.holds("president") or actor.holds("protection")
    context = {
        "version": version,
        "text": text,
        "code": code_text.read(text.text),
        "languages": language_tabs(version, text.language, request.path),
        "state": state_of(version, current_version()),
        "before": before,
        "changes": code_text.changes(old.text, text.text) if old else [],
        "signed": signed if sees_others or actor.holds("coordinator") else [],
        "unsigned": serving().exclude(pk__in=people) if sees_others and version.adopted_on else [],
        "may_adopt": actor.holds("president") and version.adopted_on is None,
    }
    return render(request, "volunteers/policy_view.html", context)


@before_undertaking
@duty_required("president")
def policy_add(request: Request) -> HttpResponse:
    """A new version, in both languages; begins with the text of the latest one."""
    first = not PolicyVersion.objects.filter(material=True, adopted_on__isnull=False).exists()
    form = VersionForm(request.POST or None, initial=latest_texts(), first=first)
    if request.method == "POST" and form.is_valid():
        material = form.cleaned_data.get("change", "material") == "material"
        version = code.draft_version(by=request.actor, texts=form.texts, material=material)
        messages.success(request, _("Kept as a draft. Nobody is bound by it until you adopt it."))
        return redirect("policy_view", version.pk)
    return render(request, "volunteers/policy_add.html", {"form": form})


@before_undertaking
@duty_required("president")
def policy_edit(request: Request, version_id: UUID) -> HttpResponse:
    """Other texts for a draft. What was adopted stays as it is."""
    version = _draft(request, version_id, "policy.change")
    if version is None:
        return redirect("policy_view", version_id)
    first = not PolicyVersion.objects.filter(material=True, adopted_on__isnull=False).exists()
    initial = {f"text_{each.language}": each.text for each in version.texts.all()}
    initial["change"] = "material" if version.material else "editorial"
    form = VersionForm(request.POST or None, initial=initial, first=first)
    if request.method == "POST" and form.is_valid():
        material = form.cleaned_data.get("change", "material") == "material"
        try:
            code.change_version(
                by=request.actor, version=version, texts=form.texts, material=material
            )
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, _("The draft is changed."))
            return redirect("policy_view", version.pk)
    return render(request, "volunteers/policy_add.html", {"form": form, "version": version})


@before_undertaking
@duty_required("president")
def policy_discard(request: Request, version_id: UUID) -> HttpResponse:
    """Delete a draft that nobody needs."""
    version = _draft(request, version_id, "policy.discard")
    if version is None:
        return redirect("policy_view", version_id)
    if request.method == "POST":
        try:
            code.discard_version(by=request.actor, version=version)
        except Conflict as conflict:
            messages.warning(request, str(conflict))
        else:
            messages.success(request, _("The draft is deleted."))
        return redirect("policy_list")
    return render(request, "volunteers/policy_discard.html", {"version": version})


def _draft(request: Request, version_id: UUID, action: str) -> PolicyVersion | None:
    rows = PolicyVersion.objects.prefetch_related("texts")
    version = door.get(request, rows, version_id, action)
    if version.adopted_on:
        messages.info(request, _("This version was adopted. Write a new one to change it."))
        return None
    return version


@before_undertaking
@duty_required("president")
@fresh_sign_in
def policy_adopt(request: Request, version_id: UUID) -> HttpResponse:
    """Adopt a version from a day on; the page says what will happen."""
    version = door.get(request, PolicyVersion.objects.all(), version_id, "policy.adopt")
    if version.adopted_on:
        messages.info(request, _("This version was adopted already."))
        return redirect("policy_view", version.pk)
    initial = {"adopted_on": timezone.localdate(), "days_to_sign": 7}
    asks_again = version.material and version_before(version) is not None
    form = AdoptForm(request.POST or None, initial=initial, asks_again=asks_again)
    if request.method == "POST" and form.is_valid():
        if _adopt(request, version, **form.cleaned_data):
            messages.success(request, _("Adopted. The version binds from the day that you gave."))
        else:
            messages.warning(
                request, _("This version was adopted already, or it lacks a language.")
            )
        return redirect("policy_view", version.pk)
    back = reverse("policy_view", args=[version.pk])
    context = {"version": version, "form": form, "asks_again": asks_again, "back": back}
    return render(request, "volunteers/policy_adopt.html", context)


def _adopt(
    request: Request,
    version: PolicyVersion,
    adopted_on: date,
    decided: bool,
    days_to_sign: int = 0,
) -> bool:
    try:
        with transaction.atomic():
            code.adopt_version(
                by=request.actor, version=version.pk, on=adopted_on, days_to_sign=days_to_sign
            )
    except (OperationalError, ProgrammingError):
        return False
    return True


def latest_texts() -> dict[str, str]:
    """The texts of the latest version, drafts too; our own wording where there is none."""
    latest = PolicyVersion.objects.prefetch_related("texts").order_by("-number").first()
    texts = {text.language: text.text for text in latest.texts.all()} if latest else {}
    return {
        f"text_{language}": texts.get(language) or code_text.default_text(language)
        for language in ("en", "fr")
    }


def state_of(version: PolicyVersion, current: PolicyVersion | None) -> dict[str, str]:
    """The state of a version, as words and as a kind of tag."""
    if version.adopted_on is None:
        return {"text": _("Draft"), "kind": "neutral"}
    if current and version.pk == current.pk:
        return {"text": _("In force"), "kind": "success"}
    if version.adopted_on > timezone.localdate():
        return {"text": _("Adopted, not yet in force"), "kind": "waiting"}
    return {"text": _("Replaced"), "kind": "neutral"}
