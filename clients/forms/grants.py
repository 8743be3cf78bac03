"""Who may see a record: assigning somebody, and opening notes for a reason."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import ReadingReason, Scope
from components.widgets import DateField3


class GrantForm(forms.Form):
    """Somebody of the branch, what they will see, and until when."""

    person = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)
    scope = forms.ChoiceField(
        label=_("What will they see?"),
        choices=[
            (Scope.FULL, _("Everything: name, how to reach, contacts with notes; they log contacts")),
            (Scope.ERRAND, _("For an errand: name, address and how to reach; no notes, no contacts")),
        ],
        initial=Scope.FULL,
        widget=forms.RadioSelect,
    )  # fmt: skip
    until = DateField3(
        label=_("Last day"), required=False, min_value=timezone.localdate,
        help_text=_("Leave this empty if there is no end yet. It can be ended at any time."),
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]

    def until_when(self) -> datetime | None:
        """The end of the last day in Paris."""
        last = self.cleaned_data["until"]
        if last is None:
            return None
        return datetime.combine(last, time.max, tzinfo=timezone.get_default_timezone())


class NotesOpenForm(forms.Form):
    """The coded reason for which a coordinator reads notes."""

    reason = forms.ChoiceField(
        label=_("Why do you need to read them?"), choices=ReadingReason, widget=forms.RadioSelect
    )
