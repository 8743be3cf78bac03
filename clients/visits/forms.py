"""Going alone: where, until when, and who watches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.access.forms import short
from components.text import CleanTextField
from volunteers.models import Person

LONGEST = timedelta(hours=12)


class VisitForm(forms.Form):
    """Where somebody goes, for how long, and which colleague watches."""

    where = CleanTextField(
        label=_("Where do you go?"),
        lines=True,
        rows=2,
        max_length=500,
        help_text=_(
            "The address, and how to find it. It opens to your colleague on alarm only, "
            "and is destroyed when you are back."
        ),
    )
    length = forms.ChoiceField(
        label=_("Back in"),
        choices=[
            ("60", _("One hour")),
            ("120", _("Two hours")),
            ("180", _("Three hours")),
            ("at", _("At a time, say which")),
        ],
        initial="60",
        widget=forms.RadioSelect,
    )
    at = forms.TimeField(
        label=_("Back at"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H.%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    buddy = forms.ModelChoiceField(
        label=_("Who watches?"),
        queryset=Person.objects.none(),
        help_text=_(
            "Ring them first: this program does not ring anybody. They see it on their home page."
        ),
    )
    remarks = short(
        _("What helps to find you"),
        longest=500,
        help_text=_("For example: the car and where it stands, how long the way is."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["buddy"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """``until``: the moment by which they are back."""
        data = super().clean() or {}
        if data.get("length") == "at":
            if data.get("at") is None:
                if "at" not in self.errors:
                    self.add_error("at", _("Say at what time you will be back."))
            else:
                data["until"] = self._at(data["at"])
        elif data.get("length"):
            data["until"] = timezone.now() + timedelta(minutes=int(data["length"]))
        return data

    def _at(self, clock: Any) -> datetime | None:
        """The next time that the clock shows this; at most half a day ahead, or it was a slip."""
        now = timezone.localtime()
        until = datetime.combine(now.date(), clock, tzinfo=now.tzinfo)
        if until <= now:
            until += timedelta(days=1)
        if until - now > LONGEST:
            self.add_error("at", _("This time is over, or more than twelve hours ahead."))
            return None
        return until
