"""Forms for what a client says about a note: writing it down for them, and the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day
from clients.contacts.actions.statements import NewStatement
from clients.models import Channel, StatementState
from components.text import CleanTextField

LONGEST = 2000


class HeardForm(forms.Form):
    """What the client said, how and when."""

    text = CleanTextField(
        label=_("What does the client say?"),
        help_text=_(
            "In the client’s own words. They can read this, and so can whoever reads the note."
        ),
        lines=True,
        rows=4,
        max_length=LONGEST,
    )
    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.PHONE)
    said_on = day(_("Date"))

    def new(self) -> NewStatement:
        """What is written down."""
        return NewStatement(**self.cleaned_data)


class AnswerForm(forms.Form):
    """The note is corrected, or it stays; and why, which the client reads."""

    answer = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    text = CleanTextField(
        label=_("The note from now on"),
        help_text=_(
            "Change it so that it is right. The earlier text is kept, and few can read it."
        ),
        lines=True,
        rows=8,
        required=False,
    )
    why = CleanTextField(
        label=_("What do you tell the client?"),
        help_text=_("They read this. If the note stays, say why."),
        lines=True,
        rows=3,
        max_length=LONGEST,
        error_messages={"required": _("Tell the client in a sentence what you did, and why.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, ways: dict[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            StatementState.ACCEPTED.value: _("I correct the note"),
            StatementState.REFUSED.value: _(
                "The note stays as it is, and what the client says stays beside it"
            ),
        }
        offered = [(way, label) for way, label in words.items() if ways[way]]
        self.fields["answer"].choices = offered  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["answer"].initial = offered[0][0]
        self.fields["text"].widget.attrs.pop("maxlength", None)
