"""A person's own details."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField


class DetailsForm(forms.Form):
    """Private details; all optional, so that nobody gives more than they wish."""

    full_name = CleanTextField(
        label=_("Full name"),
        max_length=120,
        required=False,
        help_text=_("It is printed on your undertaking."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = CleanTextField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "inputmode": "tel", "class": "width-20"}
        ),
    )
    address = CleanTextField(
        label=_("Address"),
        lines=True,
        rows=3,
        max_length=300,
        required=False,
    )
    in_case_of_emergency = CleanTextField(
        label=_("Whom to call if something happens to you"),
        lines=True,
        rows=2,
        max_length=300,
        required=False,
        help_text=_("A name and a number. Tell this person that you gave it."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
