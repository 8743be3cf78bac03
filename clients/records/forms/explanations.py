"""The explanation of the policy (P4, P10): one tick and the client's answer, or why it could not be."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day, short
from clients.models import AgreementAnswer, Answer, Channel
from clients.records import agreement_words
from clients.records.actions.explanations import NewExplanation
from volunteers.models.accounts import LANGUAGES

ANSWERS = [
    (answer.value, answer.label)
    for answer in AgreementAnswer
    if answer != AgreementAnswer.WITHDRAWN
]
# What the explanation itself keeps of an answer: nothing of health, and nothing of a no.
KEPT = {
    AgreementAnswer.YES: Answer.YES,
    AgreementAnswer.NO_HEALTH: Answer.YES,
    AgreementAnswer.PSEUDONYM: Answer.PSEUDONYM,
}


class ExplanationFields(forms.Form):
    """One tick with the answer; or a reason."""

    explained = forms.BooleanField(label=_("I explained it"), required=False)
    answer = forms.ChoiceField(
        label=_("And may we note something about health? The client said:"),
        choices=ANSWERS,
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

    @property
    def asked_in(self) -> str:
        """The language in which the page shows the question."""
        return (get_language() or "en")[:2]

    @property
    def asked(self) -> str:
        """Whether we may note something about health, in the words that are kept by their version."""
        return agreement_words.asked(self.asked_in)

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
            answer=KEPT.get(data["answer"], ""),
            agreed=data["answer"],
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
        """Under a pseudonym one is needed."""
        data = super().clean()
        if data.get("answer") == Answer.PSEUDONYM and not data.get("known_as"):
            self.add_error("known_as", _("Enter the pseudonym under which the record is kept."))
        return data
