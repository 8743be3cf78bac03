"""Forms: keeping a record longer, and the periods of the schedule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from components.widgets import DateField3
from rights.retention.actions import LONGEST_KEPT
from rights.retention.schedule import LANGUAGES, kinds


def _tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def _at_most() -> date:
    return timezone.localdate() + timedelta(days=LONGEST_KEPT)


class LongerForm(forms.Form):
    """Until when, and why."""

    until = DateField3(
        label=_("Keep it until"),
        min_value=_tomorrow,
        max_value=_at_most,
        help_text=_("Two years at most. Then it stands in the list again."),
    )
    why = CleanTextField(
        label=_("Why is it still needed?"),
        lines=True,
        rows=3,
        max_length=2000,
        help_text=_("The client can read these words."),
    )


class NoLongerForm(forms.Form):
    """Why it need not be kept longer after all."""

    why = CleanTextField(
        label=_("Why is it not needed any more?"),
        lines=True,
        rows=3,
        max_length=2000,
        help_text=_("The client can read these words."),
    )


class ScheduleForm(forms.Form):
    """Months and reasons for each kind of data."""

    def __init__(self, *args: Any, periods: dict[str, dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds():
            stated = periods[kind.kind]
            self.fields[f"{kind.kind}-months"] = forms.IntegerField(
                label=_("Months"),
                min_value=kind.least,
                max_value=kind.most,
                initial=stated["months"],
                help_text=_("Between %(least)s and %(most)s.")
                % {"least": kind.least, "most": kind.most},
                widget=forms.NumberInput(attrs={"class": "width-4"}),
            )
            for language, label in (("en", _("Why (in English)")), ("fr", _("Why (in French)"))):
                self.fields[f"{kind.kind}-{language}"] = CleanTextField(
                    label=label, lines=True, rows=3, max_length=2000, initial=stated[language]
                )

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each kind with its fields, for the page."""
        names = ("months", *LANGUAGES)
        return [(kind, [self[f"{kind.kind}-{name}"] for name in names]) for kind in kinds()]

    def periods(self) -> dict[str, dict[str, Any]]:
        """The periods as the database takes them."""
        said = self.cleaned_data
        return {
            kind.kind: {name: said[f"{kind.kind}-{name}"] for name in ("months", *LANGUAGES)}
            for kind in kinds()
        }
