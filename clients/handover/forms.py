"""Handing clients over to another volunteer, and moving one to another branch."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.access.forms import NEAR, sure
from components.widgets import DateField3

CHOOSE = _("Choose at least one client.")


class History(models.TextChoices):
    """How much of the contacts before the handover the next volunteer sees."""

    ALL = "all", _("All contacts so far")
    SINCE = "since", _("Contacts from a day on")
    TODAY = "today", _("Only what comes from today on")


class HandoverForm(forms.Form):
    """Which clients, to whom, and with how much history. The database checks the same again."""

    everyone = forms.BooleanField(label=_("All of them"), required=False)
    clients = forms.MultipleChoiceField(
        label=_("Or only these"), widget=forms.CheckboxSelectMultiple, required=False
    )
    person = forms.ChoiceField(
        label=_("Who takes over?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who takes over.")},
    )
    history = forms.ChoiceField(
        label=_("Which earlier contacts will they see?"),
        choices=History,
        widget=forms.RadioSelect,
        initial=History.ALL,
    )
    since = DateField3(
        label=_("From which day on?"),
        required=False,
        max_value=timezone.localdate,
        help_text=_("Only where you chose contacts from a day on."),
    )

    def __init__(
        self,
        *args: Any,
        clients: list[tuple[str, str]],
        people: list[tuple[str, str]],
        near: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clients"].choices = clients  # type: ignore[attr-defined]
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        if len(clients) == 1:
            del self.fields["everyone"]
            self.fields["clients"].label = _("Which client?")
            self.fields["clients"].required = True
            self.fields["clients"].error_messages["required"] = CHOOSE
            self.initial.setdefault("clients", [clients[0][0]])

        if self.data.get("person") in near:
            self.fields["near"] = sure(NEAR)

    def clean(self) -> dict[str, Any]:
        """At least one client; and the day where it is asked for."""
        given = super().clean() or {}
        if not given.get("everyone") and not given.get("clients") and "clients" not in self.errors:
            self.add_error("clients", CHOOSE)
        asked = given.get("history") == History.SINCE and "since" not in self.errors
        if asked and not given.get("since"):
            self.add_error("since", _("Enter the day."))
        return given

    def chosen(self) -> list[UUID]:
        """The clients to hand over."""
        if self.cleaned_data.get("everyone"):
            return [UUID(pk) for pk, _label in self.fields["clients"].choices]  # type: ignore[attr-defined]
        return [UUID(pk) for pk in self.cleaned_data["clients"]]

    def since_day(self) -> date | None:
        """The first day of which the next volunteer sees contacts; None for all."""
        if self.cleaned_data["history"] == History.TODAY:
            return timezone.localdate()
        return self.cleaned_data["since"] if self.cleaned_data["history"] == History.SINCE else None


class MoveForm(forms.Form):
    """The branch to which a client goes; for a protected record, who takes it over there."""

    branch = forms.ChoiceField(
        label=_("To which branch?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the branch.")},
    )
    takes_over = forms.ChoiceField(
        label=_("Who takes over this protected record?"),
        widget=forms.RadioSelect,
        help_text=_("Only this person will see it there. They can name others."),
        error_messages={"required": _("Choose who takes it over.")},
    )

    def __init__(
        self,
        *args: Any,
        branches: list[tuple[str, str]],
        coordinators: list[tuple[str, str]] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = branches  # type: ignore[attr-defined]
        if coordinators is None:
            del self.fields["takes_over"]
        else:
            self.fields["takes_over"].choices = coordinators  # type: ignore[attr-defined]
