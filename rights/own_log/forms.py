"""Deciding that a client sees names."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from components.widgets import DateField3
from rights.models import NamesReason


def names_end_at_most() -> date:
    """Half a year from today; the database agrees."""
    return timezone.localdate() + timedelta(days=184)


class NamesForm(forms.Form):
    """For which client names are shown, why, and until when."""

    reference = CleanTextField(
        label=_("Client (reference)"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "width-10", "autocapitalize": "characters"}),
    )
    reason = forms.ChoiceField(label=_("Why"), choices=NamesReason, widget=forms.RadioSelect)
    until = DateField3(
        label=_("Last day"),
        min_value=timezone.localdate,
        max_value=names_end_at_most,
        help_text=_("Half a year from today at most."),
    )
