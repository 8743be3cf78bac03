"""Forms for what a client wants after their death."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day, short
from clients.models import Channel, Fate
from clients.models.directives import MOST_TOLD
from clients.records.actions.directives import NewDirective, lines_of
from components.text import CleanTextField

FATES = [(fate.value, fate.label) for fate in (Fate.ERASE, Fate.KEEP, Fate.UNSAID)]
LONGEST = 2000


class WishesFields(forms.Form):
    """What is asked, of the client in their space and of whoever hears it."""

    fate = forms.ChoiceField(
        label=_("What should happen with the record?"),
        choices=FATES,
        widget=forms.RadioSelect,
        initial=Fate.UNSAID,
    )
    executor = short(
        _("Who may ask us about the record afterwards?"),
        longest=120,
        help_text=_("One name. Without it, the law says who may ask."),
    )
    executor_reach = short(_("How to reach this person"), longest=200)
    told = CleanTextField(
        label=_("Who should be told?"),
        lines=True,
        rows=3,
        required=False,
        max_length=LONGEST,
        help_text=_("One person a line: the name, how to reach them, and who should tell them."),
    )
    words = CleanTextField(
        label=_("Anything else, in your own words"),
        lines=True,
        rows=3,
        required=False,
        max_length=LONGEST,
    )

    def clean_told(self) -> str:
        """Not more people than somebody can ring."""
        told = str(self.cleaned_data["told"])
        if len(lines_of(told)) > MOST_TOLD:
            raise forms.ValidationError(_("Name ten people at most."))
        return told

    def clean(self) -> dict[str, Any]:
        """Whoever may ask can be reached."""
        data = super().clean() or {}
        if data.get("executor_reach") and not data.get("executor"):
            self.add_error("executor", _("Enter the name of this person."))
        return data


class DirectiveForm(WishesFields):
    """The same, heard by one of the team: how and when."""

    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.PHONE)
    happened_on = day(_("Date"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("In the client's own words")

    def directive(self) -> NewDirective:
        """What is noted."""
        return NewDirective(**self.cleaned_data)


class TakeBackForm(forms.Form):
    """The client takes their directives back: how and when they said so."""

    words = short(_("In the client's own words"), longest=500)
    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.PHONE)
    happened_on = day(_("Date"))


class ToldForm(forms.Form):
    """On which day somebody was told."""

    told_on = day(_("Told on"))
