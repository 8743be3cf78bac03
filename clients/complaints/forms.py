"""Taking down a complaint, adding words, handing it to somebody, answering it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import sure
from clients.access.people import Choices
from clients.complaints.actions import NewComplaint
from clients.models import AboutKind
from components.text import CleanTextField

LONGEST = 8000
KINDS = [
    (AboutKind.VOLUNTEER, _("A volunteer")),
    (AboutKind.COORDINATOR, _("A coordinator")),
    (AboutKind.ASSOCIATION, _("The association, or how it works")),
    (AboutKind.UNSAID, _("They would rather not say, or do not know")),
]


class ComplaintForm(forms.Form):
    """What somebody complains of, as they say it."""

    kind = forms.ChoiceField(
        label=_("Whom is it about?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whom it is about. It decides who hears it.")},
    )
    about = forms.ChoiceField(
        label=_("Who, if it is known"),
        required=False,
        help_text=_(
            "This person will not learn that there is a complaint, and decides nothing about it."
        ),
    )
    words = CleanTextField(
        label=_("What happened, in the client's words"),
        lines=True,
        rows=6,
        max_length=LONGEST,
        error_messages={"required": _("Write down what the client says.")},
    )
    reach = CleanTextField(
        label=_("How can the client be reached about this?"),
        required=False,
        max_length=200,
        help_text=_("Whoever hears the complaint may not be able to see the record."),
    )

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", "–"), *people]  # type: ignore[attr-defined]

    def new(self) -> NewComplaint:
        """The complaint as it was taken down."""
        data = self.cleaned_data
        about = UUID(data["about"]) if data["about"] else None
        return NewComplaint(data["kind"], data["words"], about, data["reach"])


class ComplaintByReferenceForm(ComplaintForm):
    """The same by the data-protection lead, who sees no record: the client is named by reference."""

    client = CleanTextField(
        label=_("Reference of the client"),
        max_length=12,
        help_text=_("C- and six letters or digits. Ask the client for it, or find it in the log."),
        widget=forms.TextInput(attrs={"class": "width-10", "autocomplete": "off"}),
    )
    field_order = ("client", "kind", "about", "words", "reach")


class ComplaintByBranchForm(ComplaintForm):
    """The same for somebody who rang, and has no reference or will not give it."""

    branch = forms.ChoiceField(
        label=_("Which branch?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the branch.")},
    )
    field_order = ("branch", "kind", "about", "words", "reach")

    def __init__(self, *args: Any, branches: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = branches  # type: ignore[attr-defined]
        self.fields["reach"].help_text = _("The answer goes there: no record is looked for.")


class WordsForm(forms.Form):
    """More words of the client, or a note."""

    words = CleanTextField(
        label=_("Your words"),
        lines=True,
        rows=5,
        max_length=LONGEST,
        error_messages={"required": _("Write something first.")},
    )


class AnswerForm(forms.Form):
    """The answer that closes a complaint."""

    words = CleanTextField(
        label=_("Your answer, as the client will read it"),
        lines=True,
        rows=8,
        max_length=LONGEST,
        help_text=_(
            "What you found, what was done about it, and to whom the client can still turn."
        ),
        error_messages={"required": _("Write the answer.")},
    )


class HandForm(forms.Form):
    """Who answers it. Somebody outside the branch's legal body only once that was read."""

    person = forms.ChoiceField(
        label=_("Who answers it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a person.")},
    )

    def __init__(
        self, *args: Any, people: Choices, outside: frozenset[str] = frozenset(), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.outside = outside
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        if self.data.get("person") in outside:
            self.fields["outside"] = sure(
                _("This person belongs to another legal body. I may let this complaint leave ours")
            )
