"""The explanation of the policy (P4, P10): one tick and the client's answer, or why it could not be."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day, short
from clients.models import Answer, Channel
from clients.records.actions.explanations import NewExplanation
from volunteers.models.accounts import LANGUAGES

MUST_GO = _(
    "This record exists already, so it has to be deleted. Tell the coordinator of the branch today"
    " that the client asks for it, and log nothing more."
)


class ExplanationFields(forms.Form):
    """One tick with the answer; or a reason."""

    explained = forms.BooleanField(label=_("I explained it"), required=False)
    answer = forms.ChoiceField(
        label=_("What did the client say?"),
        choices=Answer,
        required=False,
        widget=forms.RadioSelect,
    )
    where = short(
        _("Where, or how"), help_text=_("For example: in the kitchen, the daughter was there.")
    )
    words = short(_("In the client's own words"), longest=500)
    why_not = short(
        _("I could not explain it, because …"),
        help_text=_("For example: too upset, or too tired. You are asked again next time."),
    )

    def clean(self) -> dict[str, Any]:
        """Either explained with an answer, or a reason, and not both."""
        data = super().clean() or {}
        if data.get("explained"):
            if not data.get("answer") and "answer" not in self.errors:
                self.add_error("answer", _("Choose what the client said."))
            if data.get("why_not"):
                self.add_error(
                    "why_not",
                    _("You ticked that you explained it. Take out this reason, or the tick."),
                )
        elif data.get("answer") and not data.get("why_not"):
            self.add_error(
                "explained", _("Tick this if you explained it before the client answered.")
            )
        elif not data.get("why_not") and "why_not" not in self.errors:
            self.add_error(
                "explained", _("Tick this, or say why you could not explain it this time.")
            )
        elif data.get("answer"):
            self.add_error(
                "why_not", _("The client answered, so it was explained. Take out this reason.")
            )
        return data

    def explanation(self, channel: str, language: str, on: date) -> NewExplanation:
        """What is recorded."""
        data = self.cleaned_data
        return NewExplanation(
            given=data["explained"],
            answer=data["answer"],
            channel=channel,
            language=language,
            happened_on=on,
            where=data["where"],
            words=data["words"],
            why_not=data["why_not"],
        )


class ExplanationForm(ExplanationFields):
    """An explanation that was missing."""

    known_as = short(_("Pseudonym"), longest=80, help_text=_("Only if the client wants one."))
    channel = forms.ChoiceField(label=_("How"), choices=Channel)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    happened_on = day(_("Date"))
    field_order = ["explained", "answer", "known_as", "where", "words", "why_not"]

    def clean(self) -> dict[str, Any]:
        """Under a pseudonym one is needed. A record that exists is deleted on request, not here."""
        data = super().clean()
        if data.get("answer") == Answer.PSEUDONYM and not data.get("known_as"):
            self.add_error("known_as", _("Enter the pseudonym under which the record is kept."))
        if data.get("answer") == Answer.NO_RECORD:
            self.add_error("answer", MUST_GO)
        return data
