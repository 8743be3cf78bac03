"""What one types to a client."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.messages.actions import LONGEST
from components.text import CleanTextField


class SeenForm(forms.Form):
    """Up to which message the page showed what the client wrote."""

    seen = forms.UUIDField(widget=forms.HiddenInput)


class AnswerForm(SeenForm):
    """An answer, with a key so that a form that is sent twice sends once."""

    text = CleanTextField(
        label=_("Your answer"),
        help_text=_(
            "The client reads it in their online space, without your name. If they should know who you are,"
            " sign it."
        ),
        lines=True,
        rows=6,
        max_length=LONGEST,
        error_messages={"required": _("Write something first.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ToldForm(forms.Form):
    """Who told the client by telephone, of what nobody may read."""

    told_by = forms.TypedChoiceField(label=_("Who told the client by telephone?"), coerce=UUID)

    def __init__(self, *args: Any, tellers: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_by"].choices = [("", _("Choose…")), *tellers]  # type: ignore[attr-defined]
