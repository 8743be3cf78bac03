"""A date typed as day, month and year in three fields, and the form field that checks it.

Browsers show ``type=date`` in an order of their own; three plain fields read the same everywhere."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from components.dates import written

PARTS = ("day", "month", "year")
FIRST_YEAR = 1900
LAST_YEAR = 2199

Bound = date | Callable[[], date] | None


class SplitDateWidget(forms.MultiWidget):
    """Three short text fields named ``<name>_day``, ``<name>_month`` and ``<name>_year``.

    With ``shortcuts`` it offers "Today" and "Yesterday" to people whose browser runs scripts.
    """

    template_name = "components/widgets/split_date.html"
    use_fieldset = True
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}

    def __init__(self, attrs: dict[str, Any] | None = None, *, shortcuts: bool = False) -> None:
        self.shortcuts = shortcuts
        lengths = {"day": "2", "month": "2", "year": "4"}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            part: forms.TextInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "maxlength": lengths[part],
                    "class": f"date-{part}",
                    "data-date-part": part,
                }
            )
            for part in PARTS
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Split a date, or its ISO text, into day, month and year."""
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = None
        if value is None:
            return ["", "", ""]
        return [value.day, value.month, value.year]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for part, subwidget in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            subwidget["label"] = self.labels[part]
        context["widget"]["shortcuts"] = self.shortcuts
        return context


class DateField3(forms.Field):
    """A date from three fields; cleans to ``datetime.date`` or, where not required, ``None``.

    ``min_value`` and ``max_value`` are dates or callables that return one; a callable such as
    ``timezone.localdate`` is asked at each check, so that a long-running server keeps the right day.
    """

    widget = SplitDateWidget
    default_error_messages = {
        "required": _("Enter a date, for example 27 3 2026."),
        "missing_day": _("Enter the day of the date."),
        "missing_month": _("Enter the month of the date."),
        "missing_year": _("Enter the year of the date."),
        "digits": _(
            "Write the day, the month and the year with digits only, for example 27 3 2026."
        ),
        "year": _("Write the year with four digits, for example 2026."),
        "month": _("The month must be a number from 1 to 12."),
        "no_such_date": _("There is no such date. Check the day and the month."),
        "too_early": _("The date must be %(limit)s or later."),
        "too_late": _("The date must be %(limit)s or earlier."),
    }

    def __init__(
        self,
        *,
        min_value: Bound = None,
        max_value: Bound = None,
        shortcuts: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", SplitDateWidget(shortcuts=shortcuts))
        super().__init__(**kwargs)
        self.min_value = min_value
        self.max_value = max_value

    def to_python(self, value: Any) -> date | None:
        """Turn ``[day, month, year]`` as typed into a date; raise ValidationError in plain words."""
        if isinstance(value, date) or value in self.empty_values:
            return value or None
        typed = [str(part or "").strip() for part in value]
        if not any(typed):
            return None
        for part, text in zip(PARTS, typed, strict=True):
            if not text:
                raise self._error(f"missing_{part}")
        return self._read(*typed)

    def _read(self, day: str, month: str, year: str) -> date:
        if not all(text.isascii() and text.isdigit() for text in (day, month, year)):
            raise self._error("digits")
        if len(year) != 4 or not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise self._error("year")
        if len(month) > 2 or not 1 <= int(month) <= 12:
            raise self._error("month")
        if len(day) > 2:
            raise self._error("no_such_date")
        try:
            return date(int(year), int(month), int(day))
        except ValueError as error:
            raise self._error("no_such_date") from error

    def validate(self, value: Any) -> None:
        """Check presence and the two bounds."""
        super().validate(value)
        if value is None:
            return
        earliest, latest = _at_this_moment(self.min_value), _at_this_moment(self.max_value)
        if earliest is not None and value < earliest:
            raise self._error("too_early", limit=_plain(earliest))
        if latest is not None and value > latest:
            raise self._error("too_late", limit=_plain(latest))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True

    def _error(self, code: str, **params: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params or None)


def day_of(text: str) -> date | None:
    """The day of an ISO date that fields of forms could hold too; None for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _at_this_moment(bound: Bound) -> date | None:
    """A bound as a date, asking a callable for the value of this moment."""
    return bound() if callable(bound) else bound


def _plain(value: date) -> str:
    """A date in words: of 3 4 one cannot tell which is the month."""
    return written(value, "DATE_FORMAT")


class PasswordWidget(forms.PasswordInput):
    """A password, with a button that shows what was typed to people whose browser runs scripts."""

    template_name = "components/widgets/password.html"
