"""Who may see a record: assigning somebody, and opening notes for a reason."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.access.forms import NEAR, sure
from clients.models import LetReadReason, ReadingReason, Scope
from components.text import CleanTextField
from components.widgets import DateField3

LET_READ_DAYS = 92  # the database refuses more


class GrantForm(forms.Form):
    """Somebody of the branch, what they will see, and until when.

    Whoever is ``leading`` the branch has the record by that: they can be let read the notes, for a reason.
    """

    person = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)
    scope = forms.ChoiceField(
        label=_("What will they see?"),
        choices=[
            (
                Scope.FULL,
                _("Everything: name, how to reach, contacts with notes; they log contacts"),
            ),
            (
                Scope.ERRAND,
                _("For an errand: name, address and how to reach; no notes, no contacts"),
            ),
        ],
        initial=Scope.FULL,
        widget=forms.RadioSelect,
    )
    starts = DateField3(
        label=_("First day"),
        required=False,
        min_value=timezone.localdate,
        help_text=_("Leave this empty if they need it at once."),
    )
    until = DateField3(
        label=_("Last day"),
        required=False,
        min_value=timezone.localdate,
        help_text=_("Leave this empty if there is no end yet. It can be ended at any time."),
    )

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        near: frozenset[str] = frozenset(),
        leading: frozenset[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        self.lets_read = self.data.get("person") in leading
        if self.lets_read:
            self._ask_why()
        # People who belong together may want to talk to different people: asked once, not forbidden.
        if self.data.get("person") in near:
            self.fields["near"] = sure(NEAR)

    def _ask_why(self) -> None:
        del self.fields["scope"]
        self.fields["reason"] = forms.ChoiceField(
            label=_("Why do they need to read the notes?"),
            help_text=_(
                "This person coordinates the branch and has the record by that, without the notes. "
                "You can let them read the notes until a day."
            ),
            choices=[*LetReadReason.choices, *ReadingReason.choices],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose the reason.")},
        )
        self.fields["until"].required = True
        self.fields["until"].help_text = _("Three months at most.")
        self.order_fields(["person", "reason", "starts", "until"])

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first, nor too long after it where notes are let read."""
        given = super().clean() or {}
        starts, until = given.get("starts"), given.get("until")
        if starts and until and until < starts:
            self.add_error("until", _("The last day lies before the first."))
        last = (starts or timezone.localdate()) + timedelta(days=LET_READ_DAYS)
        if self.lets_read and until and until > last:
            self.add_error("until", _("Three months at most."))
        return given

    def starts_when(self) -> datetime | None:
        """The beginning of the first day in Paris; None for at once."""
        first = self.cleaned_data["starts"]
        if first is None or first <= timezone.localdate():
            return None
        return datetime.combine(first, time.min, tzinfo=timezone.get_default_timezone())

    def until_when(self) -> datetime | None:
        """The end of the last day in Paris."""
        last = self.cleaned_data["until"]
        if last is None:
            return None
        return datetime.combine(last, time.max, tzinfo=timezone.get_default_timezone())


class NotesOpenForm(forms.Form):
    """The coded reason for which a coordinator reads notes."""

    reason = forms.ChoiceField(
        label=_("Why do you need to read them?"), choices=ReadingReason, widget=forms.RadioSelect
    )


class MayKnowForm(forms.Form):
    """Whom the client lets be told, what kind of thing, and until when."""

    person = CleanTextField(
        label=_("Who may be told?"),
        max_length=120,
        help_text=_("For example: her daughter Claire; the visiting nurse, Mrs Blanc."),
        error_messages={"required": _("Say who may be told.")},
    )
    reach = CleanTextField(
        label=_("How can they be reached?"),
        max_length=200,
        required=False,
        help_text=_("A telephone number, or when and where."),
    )
    what = CleanTextField(
        label=_("What may they be told?"),
        max_length=300,
        lines=True,
        rows=2,
        help_text=_("The kind of thing. For example: her appointments; nothing about the illness."),
        error_messages={"required": _("Say what they may be told.")},
    )
    until = DateField3(
        label=_("Last day"),
        required=False,
        min_value=timezone.localdate,
        help_text=_(
            "Leave this empty if there is no end. The client can take it back at any time."
        ),
    )
