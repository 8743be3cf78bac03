"""Filters of the log."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.events import EVENTS, MATTERS, same_words
from audit.models import Keeping
from audit.wording import OUTCOMES, PERIODS, WHY
from components.text import CleanTextField
from components.widgets import DateField3

USUAL_DAYS = 30
MOST_DAYS = 3 * 366  # nothing is kept longer
OWN_DATES = "own"
REFERENCE = RegexValidator(
    r"^\s*[A-Za-z]-\w+\s*$", _("Type a reference, for example C-7K2M9Q. Names are not in the log.")
)
# What a purpose and a basis can be; the rest of the words stand for either.
BASES = ("assignment", "consultation", "emergency", "branch_duty", "own_record")
NO_PURPOSES = ("assignment", "branch_duty")


def by_words(words: dict[str, object]) -> list[tuple[str, object]]:
    """Choices in the order of the reader's alphabet, "all" first."""
    return [("", _("All")), *sorted(words.items(), key=lambda pair: str(pair[1]).casefold())]


def by_matter() -> list[tuple[Any, Any]]:
    """What can have been done, by matter and in the reader's alphabet; equal words are one choice."""
    groups: list[tuple[Any, Any]] = [("", _("All"))]
    for matter, kinds in MATTERS:
        words = {
            line.code: str(line.staff) for line in kinds if same_words(line.code)[0] == line.code
        }
        groups.append((str(matter), sorted(words.items(), key=lambda pair: pair[1].casefold())))
    return groups


class ActionField(forms.ChoiceField):
    """What was done. A code that shares its words with another stands for both."""

    def to_python(self, value: Any) -> str:
        """The first code with these words."""
        code = super().to_python(value)
        return same_words(code)[0] if code in EVENTS else code


def _code(**more: Any) -> CleanTextField:
    attrs = {"class": "width-10", "autocapitalize": "characters"}
    return CleanTextField(
        required=False, max_length=12, widget=forms.TextInput(attrs=attrs), **more
    )


class LogFilter(forms.Form):
    """Which events to show. References are codes without meaning, so they may stand in an address."""

    period = forms.ChoiceField(label=_("When"), required=False, choices=PERIODS.items)
    since = DateField3(label=_("From"), required=False)
    until = DateField3(label=_("To"), required=False)
    action = ActionField(label=_("What"), required=False, choices=by_matter)
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=lambda: by_words(OUTCOMES)
    )
    # A name typed here would stand in the address, and in a question that is kept.
    by = _code(label=_("Who (reference)"), validators=[REFERENCE])
    about = _code(label=_("Whose record (reference)"), validators=[REFERENCE])
    purpose = forms.ChoiceField(
        label=_("Why"),
        required=False,
        choices=lambda: by_words({k: v for k, v in WHY.items() if k not in NO_PURPOSES}),
    )
    basis = forms.ChoiceField(
        label=_("On which basis"),
        required=False,
        choices=lambda: by_words({k: WHY[k] for k in BASES}),
    )
    branch = _code(label=_("Branch (code)"))

    def clean(self) -> dict[str, Any]:
        """The period as two dates: those of the choice, or those that were typed."""
        cleaned = super().clean() or {}
        typed = bool(cleaned.get("since") or cleaned.get("until"))
        period = cleaned.get("period") or (OWN_DATES if typed else str(USUAL_DAYS))
        today = timezone.localdate()
        if period == OWN_DATES:
            cleaned["until"] = cleaned.get("until") or max(today, cleaned.get("since") or today)
            cleaned["since"] = cleaned.get("since") or max(
                cleaned["until"] - timedelta(days=MOST_DAYS), date(1900, 1, 1)
            )
        else:
            cleaned["since"], cleaned["until"] = last_days(int(period))
        cleaned["period"] = period
        if not self.errors and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("The last day lies before the first one."))
        elif not self.errors and (cleaned["until"] - cleaned["since"]).days > MOST_DAYS:
            self.add_error("since", _("Choose three years at most: nothing is kept longer."))
        return cleaned


def last_days(days: int) -> tuple[date, date]:
    """The first and the last of so many days up to today."""
    today = timezone.localdate()
    return today - timedelta(days=days - 1), today


def question_of(data: Any) -> tuple[LogFilter, dict[str, Any] | None]:
    """The form, and what it asks for. One that cannot be read asks for nothing: what it was to narrow
    would else be shown in full, and taken for the answer."""
    form = LogFilter(data or {"period": str(USUAL_DAYS)})
    return form, form.cleaned_data if form.is_valid() else None


class PatternFilter(forms.Form):
    """How far back to look for unusual access."""

    period = forms.ChoiceField(
        label=_("When"),
        choices=lambda: [(k, v) for k, v in PERIODS.items() if k in ("7", "30", "90")],
    )


SECURITY_MONTHS = (6, 36)  # CNIL 2021-122: 6 to 12, up to 36 with a reason
WITHOUT_NOTE = 12
OWN_MONTHS = (12, 600)


class KeepingForm(forms.Form):
    """How long events are kept. The database holds the same limits."""

    months = forms.IntegerField(label=_("Months"))
    note = CleanTextField(
        label=_("The reason"),
        required=False,
        max_length=300,
        help_text=_("Needed beyond 12 months (CNIL, deliberation 2021-122). No names."),
    )

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        security = purpose == Keeping.Purpose.SECURITY
        months = self.fields["months"]
        months.required = security
        low, high = SECURITY_MONTHS if security else OWN_MONTHS
        months.validators += [MinValueValidator(low), MaxValueValidator(high)]
        if security:
            months.help_text = _("From 6 to 36. Twelve is usual.")
        else:
            months.help_text = _("Empty: as long as the record itself. Else 12 months or more.")
            del self.fields["note"]

    def clean(self) -> dict[str, Any]:
        """A long time needs its reason."""
        cleaned = super().clean() or {}
        months = cleaned.get("months")
        if "note" in self.fields and months and months > WITHOUT_NOTE and not cleaned.get("note"):
            self.add_error("note", _("Say why twelve months are not enough."))
        return cleaned
