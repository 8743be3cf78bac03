"""Forms for what the client says to a record, and for a no."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day, short
from clients.models import AgreementAnswer, Channel
from clients.models.agreements import Basis6, Quality
from clients.records.actions.agreements import NewAgreement
from volunteers.models.accounts import LANGUAGES

YES = [
    (answer.value, answer.label)
    for answer in (AgreementAnswer.YES, AgreementAnswer.NO_HEALTH, AgreementAnswer.PSEUDONYM)
]


class AgreementForm(forms.Form):
    """The answer, who gave it, how and when."""

    answer = forms.ChoiceField(
        label=_("What did the client say?"), choices=YES, widget=forms.RadioSelect
    )
    known_as = short(_("Pseudonym"), longest=80, help_text=_("Only if the client wants one."))
    words = short(_("In the client's own words"), longest=500)
    quality = forms.ChoiceField(
        label=_("Who answered?"),
        choices=Quality,
        initial=Quality.SELF,
        help_text=_("For a minor, or somebody who is represented by law, who may answer for them."),
    )
    who = short(_("Their name, if it was not the client"), longest=120)
    proof = short(
        _("What shows that they may"),
        help_text=_("For example: judgment of 3 March 2025, seen on 4 November."),
    )
    channel = forms.ChoiceField(label=_("How"), choices=Channel)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    happened_on = day(_("Date"))

    def clean(self) -> dict[str, Any]:
        """A pseudonym has a name; who answers for somebody else is named, with what shows that they may."""
        data = super().clean() or {}
        if data.get("answer") == AgreementAnswer.PSEUDONYM and not data.get("known_as"):
            self.add_error("known_as", _("Enter the pseudonym under which the record is kept."))
        if data.get("quality") in (Quality.PARENT, Quality.GUARDIAN):
            for name, error in (
                ("who", _("Enter the name of whoever answered.")),
                ("proof", _("Say what shows that they may answer.")),
            ):
                if not data.get(name):
                    self.add_error(name, error)
        return data

    def agreement(self) -> NewAgreement:
        """What is recorded. Where nobody could answer, the ground is the client's life."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "known_as"}
        vital = data["quality"] == Quality.NOBODY
        return NewAgreement(**data, basis=Basis6.VITAL if vital else Basis6.INTEREST)


class NoForm(forms.Form):
    """The client does not agree, or no longer."""

    words = short(_("In the client's own words"), longest=500)
    channel = forms.ChoiceField(label=_("How"), choices=Channel)
    happened_on = day(_("Date"))
