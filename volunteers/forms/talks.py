"""'I need to talk': with whom, how, how soon. No words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from volunteers.models import Haste, How, Person


class TalkRequestForm(forms.Form):
    """Nothing to write, so nothing about any client can be written."""

    responder = forms.ChoiceField(label=_("With whom?"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("How?"), choices=How, initial=How.PHONE, widget=forms.RadioSelect
    )
    haste = forms.ChoiceField(
        label=_("How soon?"), choices=Haste, initial=Haste.WEEK, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responder"].choices = [(str(p.pk), _named(p)) for p in people]  # type: ignore[attr-defined]
        if len(people) == 1:
            self.initial["responder"] = str(people[0].pk)


def _named(person: Person) -> str:
    branches = {
        duty.branch.name
        for duty in person.live_duties  # type: ignore[attr-defined]
        if duty.branch
    }
    return f"{person.working_name} ({', '.join(sorted(branches))})"
