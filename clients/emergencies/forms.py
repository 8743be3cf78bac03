"""Opening a record in an emergency, saying why, and judging it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import BranchField, short
from clients.models import EmergencyReason, Outcome
from components.text import CleanTextField
from volunteers.models import Branch


class EmergencyForm(forms.Form):
    """Why, and whose record: three things at most."""

    reason = forms.ChoiceField(
        label=_("What is it?"), choices=EmergencyReason, widget=forms.RadioSelect
    )
    who = short(
        _("Who is it about?"),
        required=True,
        longest=120,
        help_text=_("The reference, or given name and family name, or the telephone number."),
        attrs={"class": "width-20", "autocapitalize": "words", "spellcheck": "false"},
    )
    branch = BranchField(
        label=_("Branch"),
        queryset=Branch.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, branches: frozenset[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].offer(branches)  # type: ignore[attr-defined]
        self.fields["reason"].widget.attrs["class"] = "tiles"


class WordsForm(forms.Form):
    """Why the record was opened, in words."""

    text = CleanTextField(
        label=_("Why did you open it?"),
        lines=True,
        rows=3,
        max_length=4000,
        help_text=_(
            "What happened, and what you did. Facts, in a few words. The client may read them."
        ),
    )


class ReviewForm(forms.Form):
    """What the review finds, and why."""

    outcome = forms.ChoiceField(
        label=_("What do you find?"), choices=Outcome, widget=forms.RadioSelect
    )
    text = CleanTextField(
        label=_("Your words"),
        lines=True,
        rows=3,
        max_length=4000,
        help_text=_(
            "Whom you asked, and what follows. Whoever opened it and the client can read this."
        ),
    )
