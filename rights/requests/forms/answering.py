"""Answering a client's request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from rights.models import RequestKind, RequestState

OUTCOMES = [
    (RequestState.IN_PROGRESS, _("Take it up: I see to it")),
    (RequestState.DONE, _("It is done: send the answer")),
    (RequestState.REFUSED, _("Refuse it, with reasons")),
]


class AnswerForm(forms.Form):
    """What becomes of a request: taken up, done, or refused with reasons."""

    outcome = forms.ChoiceField(
        label=_("What do you want to do?"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to do.")},
    )
    text = CleanTextField(
        label=_("Your answer, as the client will read it"),
        help_text=_("Say what was done, or why it cannot be done. Leave it empty to take it up."),
        lines=True,
        rows=6,
        max_length=4000,
        required=False,
    )
    nothing_changed = forms.BooleanField(
        label=_("Nothing was changed in the record, and I have checked that this is right"),
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, changed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == RequestKind.DELETION:
            # This program deletes nothing yet: the words must not say that it did.
            choices = dict(OUTCOMES)
            choices[RequestState.DONE] = _("It was done outside this program, and I have seen it")
            self.fields["outcome"].choices = list(choices.items())  # type: ignore[attr-defined]
        if kind != RequestKind.CORRECTION or changed:
            del self.fields["nothing_changed"]

    def clean(self) -> dict[str, Any] | None:
        """An answer needs words; "it is corrected" where nothing was, is said knowingly."""
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome")
        if not cleaned.get("text"):
            if outcome == RequestState.REFUSED:
                self.add_error("text", _("Write the reasons. A refusal needs them (Art. 12(4))."))
            elif outcome == RequestState.DONE:
                self.add_error("text", _("Write what was done, in a sentence."))
        unsaid = "nothing_changed" in self.fields and not cleaned.get("nothing_changed")
        if outcome == RequestState.DONE and unsaid:
            self.add_error(
                "nothing_changed",
                _("Nothing was changed in the record since. Correct it first, or tick the box."),
            )
        return cleaned
