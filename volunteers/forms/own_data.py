"""Asking about one's own data, and answering it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from volunteers.models import PersonRequestKind, PersonRequestState

ANSWERS = [
    (PersonRequestState.DONE, _("It is done")),
    (PersonRequestState.REFUSED, _("No, with reasons")),
]


class AskForm(forms.Form):
    """What is asked, in one's own words."""

    kind = forms.ChoiceField(
        label=_("What do you want?"),
        choices=PersonRequestKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want.")},
    )
    text = CleanTextField(
        label=_("In your own words"),
        help_text=_("Say nothing about clients here."),
        lines=True,
        rows=4,
        max_length=2000,
        error_messages={"required": _("Say in a few words what you want.")},
    )


class AnswerOwnForm(forms.Form):
    """The answer to a colleague."""

    outcome = forms.ChoiceField(
        label=_("Your answer"),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to do.")},
    )
    text = CleanTextField(
        label=_("What you tell them"),
        help_text=_(
            "Say what was done, or why not. They also read that they can turn to the CNIL."
        ),
        lines=True,
        rows=5,
        max_length=2000,
        error_messages={"required": _("Write your reasons. Without them there is no answer.")},
    )
