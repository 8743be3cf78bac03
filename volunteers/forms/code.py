"""Forms of the code: signing it, writing a version, adopting one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from components.widgets import DateField3

LONGEST = 40_000


class SignForm(forms.Form):
    """One tick. ``text`` is the text that was on the page."""

    text = forms.UUIDField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read the code, and I undertake to keep it."),
        error_messages={
            "required": _("Tick the box if you want to sign. If something is unclear, ask first.")
        },
    )


class VersionForm(forms.Form):
    """A new version in both languages."""

    text_en = CleanTextField(
        label=_("The text in English"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 18, "lang": "en", "class": "field-wide"}),
        lines=True,
        help_text=_("“# ” begins the title, “## ” a heading, “- ” a point of a list."),
    )
    text_fr = CleanTextField(
        label=_("The text in French"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 18, "lang": "fr", "class": "field-wide"}),
        lines=True,
    )
    change = forms.ChoiceField(
        label=_("What kind of change is this?"),
        choices=[
            ("material", _("In substance: everybody signs again, and clients should be told")),
            ("editorial", _("In wording only: earlier signatures stay good")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:  # nobody can have signed anything yet, so everybody signs this one
            del self.fields["change"]

    @property
    def texts(self) -> dict[str, str]:
        """The cleaned texts by language."""
        return {language: self.cleaned_data[f"text_{language}"] for language in ("en", "fr")}

    def clean(self) -> dict[str, Any]:
        """One line end after the last line; within, the fields have brought them into one form."""
        cleaned = super().clean() or {}
        for name in ("text_en", "text_fr"):
            if cleaned.get(name):
                cleaned[name] = cleaned[name] + "\n"
        return cleaned


def in_a_year() -> date:
    """The latest day for which a version may be adopted ahead."""
    return timezone.localdate() + timedelta(days=366)


class AdoptForm(forms.Form):
    """The day from which a version binds."""

    adopted_on = DateField3(
        label=_("Adopted on"),
        max_value=in_a_year,
        help_text=_("The day of the board’s decision. From this day on, the version binds."),
    )
    days_to_sign = forms.TypedChoiceField(
        label=_("How long may those at work take to sign?"),
        coerce=int,
        choices=[
            (3, _("3 days")),
            (7, _("7 days")),
            (14, _("14 days")),
            (31, _("31 days, for example in summer")),
        ],
        help_text=_(
            "Meanwhile nothing is closed to them, so that nobody stands outside in an emergency."
        ),
    )
    decided = forms.BooleanField(
        label=_("The board has decided on this text."),
        error_messages={
            "required": _(
                "Tick the box once the board has decided. Until then, the version stays a draft."
            )
        },
    )

    def __init__(self, *args: Any, asks_again: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_again:  # nobody has signed, or nobody signs again
            del self.fields["days_to_sign"]
