"""Conflicts of interest, people who belong together, and who is named for a protected record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import sure
from clients.access.people import Choices
from clients.models import ConflictReason, Tie
from components.text import CleanTextField

REASONS = [choice for choice in ConflictReason.choices if choice[0] != ConflictReason.OWN]
NOT_POSSIBLE = _(
    "This is not possible for this person. Choose somebody else, or ask the president."
)


class OwnConflictForm(forms.Form):
    """Why I should not deal with this; ``alone`` where nobody else of the branch could."""

    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason that comes nearest.")},
    )

    def __init__(self, *args: Any, alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if alone:
            self.fields["alone"] = sure(
                _("I have told the president, who appoints somebody to stand in")
            )


class ConflictForm(OwnConflictForm):
    """Who must not deal with this, and why."""

    person = forms.ChoiceField(
        label=_("Who?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a person.")},
    )
    field_order = ("person", "reason")

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class NameForm(forms.Form):
    """Who looks after a protected record from now on."""

    person = forms.ChoiceField(
        label=_("Who looks after it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a person.")},
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    """With whom this client belongs together, and how. The choice is among what a search found."""

    other = forms.ChoiceField(
        label=_("With whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a client.")},
    )
    tie = forms.ChoiceField(
        label=_("How do they belong together?"),
        choices=Tie,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they belong together.")},
    )

    def __init__(self, *args: Any, found: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = found  # type: ignore[attr-defined]


class ProtectForm(forms.Form):
    """Who keeps seeing a protected record. Nobody but oneself is the default."""

    named = forms.MultipleChoiceField(
        label=_("Who keeps seeing this record?"),
        help_text=_("You are one of them. Everybody else loses sight of it at once."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, people: Choices, seeing: frozenset[str] = frozenset(), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["named"].choices = people  # type: ignore[attr-defined]
        chosen = self.data.getlist("named") if self.is_bound else []  # type: ignore[attr-defined]
        kept = {*chosen} | {pk for pk, _label in people if pk not in seeing}
        self.losing = [label for pk, label in people if pk not in kept] if self.is_bound else []
        if self.losing:
            self.fields["sure"] = sure(_("Yes, they lose sight of it now"))


class ServesForm(ProtectForm):
    """Which of us the client is, and whom the client lets see the record."""

    person = forms.ChoiceField(
        label=_("Who of us is this client?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a person.")},
    )
    field_order = ("person", "named", "sure")

    def __init__(self, *args: Any, everybody: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = everybody  # type: ignore[attr-defined]
        self.fields["named"].label = _("Whom does the client let see the record?")

    def those_named(self) -> list[UUID]:
        """Those who keep seeing it: never the client themself."""
        data = self.cleaned_data
        return [UUID(pk) for pk in data["named"] if pk != data["person"]]


class OwnRecordForm(forms.Form):
    """One's own record, named by what stands on one's own papers."""

    name = CleanTextField(
        label=_("Reference of your record, or user name of your space"),
        max_length=40,
        help_text=_(
            "The reference (C- and six characters) stands on your copy; the user name on your card."
        ),
        widget=forms.TextInput(
            attrs={"class": "width-20", "autocomplete": "off", "autocapitalize": "none"}
        ),
        error_messages={"required": _("Write one of the two.")},
    )
