"""Deciding, releasing, cancelling; and the recipient's passphrase."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """Yes or no to exactly what was shown: ``shown`` carries its hash."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            ("approve", _("Approve: exactly this may leave")),
            ("refuse", _("Refuse: nothing leaves")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose: approve or refuse.")},
    )
    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asked will read it. It stays with the disclosure."),
        error_messages={"required": _("Write why.")},
    )  # fmt: skip
    shown = forms.RegexField(regex=r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)


class ReleaseForm(forms.Form):
    """In which language, and how long the link may be used."""

    language = forms.ChoiceField(
        label=_("Language of the document"),
        choices=[("fr", _("French")), ("en", _("English"))],
        widget=forms.RadioSelect,
        initial="fr",
    )
    days = forms.TypedChoiceField(
        label=_("The link can be used for"),
        choices=[(2, _("2 days")), (7, _("7 days")), (14, _("14 days")), (30, _("30 days"))],
        coerce=int,
        widget=forms.RadioSelect,
        initial=7,
    )


class CancelForm(forms.Form):
    """Why it is given up."""

    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why it is cancelled.")},
    )
