"""Searching among what one may see, and ordering a list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.models.records import State
from components.text import CleanTextField


class SearchForm(forms.Form):
    """The words to look for. Sent by POST only: they never stand in an address."""

    words = CleanTextField(
        label=_("Name, telephone, reference, or a word of the notes"),
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}
        ),
        error_messages={
            "required": _("Write what you are looking for."),
            "max_length": _("Use fewer words: 100 characters at most."),
        },
    )

    notes = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_words(self) -> str:
        """Something to look for: two letters or digits at least."""
        words = self.cleaned_data["words"]
        if sum(character.isalnum() for character in words) < 2:
            raise forms.ValidationError(_("Write at least two letters or digits."))
        return words


class ListForm(forms.Form):
    """Which records of the list, in which order."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("open", _("Open")),
            ("closed", _("Closed")),
            ("died", _("Died")),
            ("all", _("All")),
        ],
        required=False,
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[("recent", _("Last contact first")), ("reference", _("By reference"))],
        required=False,
    )

    def chosen(self, rows: Any) -> QuerySet[Client]:
        """The rows in the order that was asked for; open records by their last contact by default.
        None while the form is in error."""
        if self.errors:
            return rows.none()
        said = self.cleaned_data if self.is_bound else {}
        state = said.get("state") or State.OPEN
        if state != "all":
            rows = rows.filter(state=state)
        return rows.order_by("reference") if said.get("sort") == "reference" else rows.recent()

    @property
    def is_filtered(self) -> bool:
        """Whether the address asks for anything but the default."""
        return self.is_bound and any(self.data.get(name) for name in self.fields)
