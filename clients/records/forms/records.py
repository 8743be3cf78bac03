"""Forms about a client's record: taking in, identity, safe contact, background, state, enquiries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day, short
from clients.models.records import State
from components.text import CleanTextField
from components.widgets import DateField3
from volunteers.models.accounts import LANGUAGES

OFTEN = {"autocomplete": "off", "class": "width-20"}


class SafeContactFields(forms.Form):
    """How, when and with which words to reach a client."""

    phone = short(_("Telephone"), longest=40, attrs={"inputmode": "tel", "class": "width-20"})
    times = short(_("Good times to ring"), help_text=_("For example: mornings, never at weekends."))
    ask_for = short(_("Ask for"), longest=80)
    voicemail = forms.ChoiceField(
        label=_("A message on the voicemail?"),
        choices=[("", _("Not asked yet")), ("no", _("No, never")), ("yes", _("Yes"))],
        required=False,
        widget=forms.RadioSelect,
    )
    voicemail_words = short(
        _("Words to leave on the voicemail"), help_text=_("For example: only a first name.")
    )
    who_may_answer = short(
        _("Who else may answer"), help_text=_("And what they know, or must not learn.")
    )
    withhold_number = forms.BooleanField(label=_("Ring with our number withheld"), required=False)
    other_phone = short(
        _("Another telephone"), longest=40, attrs={"inputmode": "tel", "class": "width-20"}
    )
    remarks = CleanTextField(
        label=_("Anything else about reaching them"),
        lines=True,
        rows=2,
        required=False,
        max_length=2000,
    )

    def safe_contact(self) -> dict[str, Any]:
        """The values as the record keeps them."""
        names = SafeContactFields.base_fields
        values = {name: self.cleaned_data.get(name, "") for name in names}
        values["voicemail"] = {"yes": True, "no": False}.get(values["voicemail"], "")
        return values

    @staticmethod
    def initial_from(card: Any) -> dict[str, Any]:
        """What the form shows of a card that was opened."""
        values = {name: getattr(card, name) for name in SafeContactFields.base_fields}
        values["voicemail"] = {True: "yes", False: "no"}.get(values["voicemail"], "")
        return values


class IdentityForm(forms.Form):
    """Who the client is. Under a pseudonym no other name is asked."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    given_name = short(_("Given name"), longest=80, attrs=OFTEN)
    family_name = short(_("Family name"), longest=80, attrs=OFTEN)
    known_as = short(
        _("Known as"), longest=80, attrs=OFTEN, help_text=_("A nickname, or a pseudonym.")
    )
    born_on = DateField3(label=_("Born on"), required=False, max_value=timezone.localdate)
    address = CleanTextField(
        label=_("Address"),
        lines=True,
        rows=3,
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    def __init__(self, *args: Any, pseudonym: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pseudonym:
            for name in ("given_name", "family_name", "born_on"):
                del self.fields[name]
            self.fields["known_as"].required = True
            self.fields["known_as"].label = _("Pseudonym")
            self.fields["known_as"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Somebody has some name."""
        data = super().clean() or {}
        if not self.errors and not any(
            data.get(name) for name in ("given_name", "family_name", "known_as")
        ):
            self.add_error("given_name", _("Enter a name, or a name this person is known as."))
        return data

    def identity(self) -> dict[str, Any]:
        """The values as the record keeps them."""
        values: dict[str, Any] = {
            name: self.cleaned_data[name]
            for name in ("given_name", "family_name", "known_as", "address")
            if name in self.fields
        }
        if "born_on" in self.fields:
            born = self.cleaned_data["born_on"]
            values["born_on"] = born.isoformat() if born else ""
        return values


class SafeContactForm(SafeContactFields):
    """The safe contact card of a record."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class BackgroundForm(forms.Form):
    """Free notes about the situation."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    text = CleanTextField(
        label=_("Background"),
        lines=True,
        rows=12,
        required=False,
        help_text=_(
            "Facts that help to support this person. The client may read them. Of other people’s health, and"
            " of offences, write nothing that the support does not need."
        ),
    )


class StateForm(forms.Form):
    """What the record is in, and since when."""

    state = forms.ChoiceField(label=_("What happened?"), widget=forms.RadioSelect)
    since = day(_("Since"))

    WORDS = {
        State.OPEN: _("We support this person again"),
        State.CLOSED: _("The support has ended"),
        State.DIED: _("The person has died"),
    }

    def __init__(self, *args: Any, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (value, words) for value, words in self.WORDS.items() if value != now
        ]
