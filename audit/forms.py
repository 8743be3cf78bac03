"""Filters of the log."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.wording import ACTIONS, OUTCOMES
from components.widgets import DateField3


def by_words(words: dict[str, object]) -> list[tuple[str, object]]:
    """Choices in the order of the reader's alphabet, "all" first."""
    return [("", _("All")), *sorted(words.items(), key=lambda pair: str(pair[1]).casefold())]


class LogFilter(forms.Form):
    """Which events to show. References are codes without meaning, so they may stand in an address."""

    action = forms.ChoiceField(label=_("What"), required=False, choices=lambda: by_words(ACTIONS))
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=lambda: by_words(OUTCOMES)
    )
    by = forms.CharField(
        label=_("Who (reference)"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"class": "width-10", "autocapitalize": "characters"}),
    )
    about = forms.CharField(
        label=_("Whose record (reference)"),
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"class": "width-10", "autocapitalize": "characters"}),
    )
    since = DateField3(label=_("From"), required=False)
    until = DateField3(label=_("To"), required=False)
