"""Forms for legal holds."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from rights.models import HoldGround


class HoldForm(forms.Form):
    """On which ground, and why in words."""

    ground = forms.ChoiceField(
        label=_("Why must it be kept?"), choices=HoldGround, widget=forms.RadioSelect
    )
    why = CleanTextField(
        label=_("In your own words"),
        lines=True,
        rows=3,
        max_length=2000,
        help_text=_("The client can read the ground and these words."),
    )


class ReferenceForm(forms.Form):
    """The same for whoever does not see the record."""

    reference = CleanTextField(
        label=_("Client (reference)"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "width-10", "autocapitalize": "characters"}),
    )
    ground = forms.ChoiceField(
        label=_("Why must it be kept?"), choices=HoldGround, widget=forms.RadioSelect
    )


class ReleaseForm(forms.Form):
    """Why it is over."""

    why = CleanTextField(
        label=_("Why is this reason over?"),
        lines=True,
        rows=3,
        max_length=2000,
        help_text=_("The client can read these words."),
    )
