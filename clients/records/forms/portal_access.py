"""Opening the portal: what the client wants to find there. Confirming it: when one spoke to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.access.forms import sure
from components.text import CleanTextField
from components.widgets import DateField3


class PortalForm(forms.Form):
    """Everything, or quiet mode; decided with the client in person, so that nothing is chosen beforehand."""

    mode = forms.ChoiceField(
        label=_("What shall the client find there?"),
        help_text=_(
            "Ask it in person, when nobody else listens: could somebody at home look into it, or make "
            "the client show it?"
        ),
        choices=[
            (
                "open",
                _(
                    "Nobody looks: everything. Contacts with notes, who has looked, what was passed on."
                ),
            ),
            (
                "quiet",
                _(
                    "Somebody might look: the quiet space. Only who the client is, and their requests."
                ),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, together with the client.")},
    )

    @property
    def quiet(self) -> bool:
        """Whether the quiet space was chosen."""
        return self.cleaned_data["mode"] == "quiet"


THEIRS = _(
    "The client told me that it was they who first signed in then, and that they chose their own password"
)


class ConfirmForm(forms.Form):
    """That one has spoken to the client, and when: on the day of the card or of the first use, or later."""

    spoken_on = DateField3(
        label=_("When did you speak to the client?"),
        max_value=timezone.localdate,
        error_messages={"required": _("Give the day.")},
    )
    sure = sure(_("The client told me that they have the card and want this space"))

    def __init__(
        self, *args: Any, made: datetime | None = None, used: datetime | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.made, self.used = made, used
        self.fields["spoken_on"].initial = timezone.localdate
        if used:
            self.fields["theirs"] = sure(THEIRS)

    def clean_spoken_on(self) -> date:
        """Before the card there was nothing to speak about; before the first use, nobody to ask about it."""
        day = self.cleaned_data["spoken_on"]
        if self.made and day < timezone.localdate(self.made):
            raise forms.ValidationError(_("The card was made after that day."))
        if self.used and day < timezone.localdate(self.used):
            raise forms.ValidationError(_("The space was first used after that day."))
        return day


class ConfirmNamedForm(ConfirmForm):
    """The same by the president, who sees no record: the client reads out the user name on the card."""

    username = CleanTextField(
        label=_("User name on the card"),
        max_length=40,
        help_text=_("The client reads it out to you. For example: colline123456."),
        widget=forms.TextInput(
            attrs={"class": "width-20", "autocomplete": "off", "autocapitalize": "none"}
        ),
    )
    theirs = forms.BooleanField(
        label=_(
            "The client told me that they have signed in already, and chose their own password"
        ),
        help_text=_("Leave this empty if the client has not signed in yet."),
        required=False,
    )
    field_order = ("username", "spoken_on", "sure", "theirs")
