"""What the client says to sharing: a yes that is taken back, or given again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models.explanations import Channel
from components.text import CleanTextField
from components.widgets import DateField3
from disclosures.models import Said


class HeardForm(forms.Form):
    """How and when it was heard, and in which words. Filled in, so that one press is enough."""

    words = CleanTextField(
        label=_("In the client's own words"), max_length=2000, required=False, lines=True, rows=2
    )
    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.PHONE)
    happened_on = DateField3(
        label=_("Date"),
        initial=timezone.localdate,
        max_value=timezone.localdate,
        shortcuts=True,
    )


class WillForm(HeardForm):
    """The same of one disclosure, where the client may also agree again."""

    field_order = ("said", "words", "channel", "happened_on")

    said = forms.ChoiceField(
        label=_("What does the client say?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the client says.")},
    )

    def __init__(self, *args: Any, stopped: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = Said.GIVEN if stopped else Said.WITHDRAWN
        self.fields["said"].choices = [(wanted.value, wanted.label)]  # type: ignore[attr-defined]
        self.initial.setdefault("said", wanted.value)

    def clean(self) -> dict[str, Any]:
        """A yes is kept in the client's words, as the first one was."""
        given = super().clean() or {}
        if given.get("said") == Said.GIVEN and not given.get("words"):
            self.add_error("words", _("Write down the client's exact words."))
        return given
