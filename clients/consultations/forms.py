"""Consulting a colleague: that one talked; a question; what the colleague will read; an answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clients.consultations.actions import DAYS, MOST_DAYS, Part, Question
from clients.consultations.reading import Shareable
from clients.consultations.striking import Striker
from clients.models import Ground
from components.text import CleanTextField
from components.widgets import DateField3
from volunteers.models import Person

FEW_WORDS = 80
EXCERPT = 90


def some_time_ago() -> date:
    """The earliest day of a talk: before it, the date was mistyped."""
    return timezone.localdate() - timedelta(days=366)


class ColleagueForm(forms.Form):
    """With whom, and on which of the two grounds (P5)."""

    colleague = forms.ChoiceField(
        label=_("With whom?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a colleague.")},
    )
    ground = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Ground,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two reasons.")},
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(person.pk), person.working_name) for person in people]
        self.fields["colleague"].choices = choices  # type: ignore[attr-defined]


class TalkForm(ColleagueForm):
    """That one talked. The day is today, unless it is said."""

    on = DateField3(
        label=_("When"),
        initial=timezone.localdate,
        min_value=some_time_ago,
        max_value=timezone.localdate,
    )


class QuestionForm(ColleagueForm):
    """A question in writing: whom, why, what, which contacts, for how long."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    question = CleanTextField(
        label=_("Your question"),
        lines=True,
        rows=4,
        error_messages={"required": _("Write your question.")},
        help_text=_("What would help you? You see everything once more before it is shared."),
    )
    contacts = forms.MultipleChoiceField(
        label=_("What may your colleague read?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Only what is needed for the question. On the next page you can take words out."
        ),
    )
    days = forms.IntegerField(
        label=_("For how many days?"),
        initial=DAYS,
        min_value=1,
        max_value=MOST_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "width-10"}),
        help_text=_("It ends by itself. Both of you can end it before."),
    )
    field_order = ("key", "ground", "colleague", "question", "contacts", "days")

    def __init__(self, *args: Any, contacts: list[Shareable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].label = _("Whom do you ask?")
        self.fields["ground"].help_text = _(
            "When it is support for you, who the person is stays out, unless you say otherwise."
        )
        self.fields["contacts"].choices = [  # type: ignore[attr-defined]
            (
                str(item.pk),
                _now("%(label)s: %(text)s")
                % {"label": item.title, "text": Truncator(item.text).chars(EXCERPT)},
            )
            for item in contacts
        ]


class SharingForm(forms.Form):
    """What the colleague will read, to be adjusted: a text for each chosen contact, and the question."""

    sure = forms.BooleanField(label=_("I have looked again: these words may stay."), required=False)

    def __init__(
        self,
        *args: Any,
        items: list[Shareable],
        question: str,
        called: str,
        striker: Striker | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.striker = items, striker
        self.warned = False
        if striker is None:
            self.fields["called"] = CleanTextField(
                label=_("How your colleague sees this person named"),
                required=False,
                max_length=FEW_WORDS,
                initial=called,
                help_text=_("A first name is enough."),
            )
        self._add("question", _("Your question"), question, required=True)
        for item in items:
            self._add(name_of(item.pk), item.title, item.text, required=False)

    def _add(self, name: str, label: Any, text: str, *, required: bool) -> None:
        shown = self.striker.strike(text) if self.striker else text
        rows = min(12, 3 + len(shown) // 60)
        self.fields[name] = CleanTextField(
            label=label, lines=True, rows=rows, required=required, initial=shown
        )

    def texts(self) -> list[tuple[Any, list[str]]]:
        """Each text with the words in it that somebody should look at once more."""
        names = ["question", *(name_of(item.pk) for item in self.items)]
        if self.striker is None:
            return [(self[name], []) for name in names]
        return [
            (self[name], self.striker.doubtful(str(self[name].value() or ""))) for name in names
        ]

    def clean(self) -> dict[str, Any]:
        """Where the identity is withheld, what is known to say it needs a second look."""
        data = super().clean() or {}
        if self.striker:
            for name in ("question", *(name_of(item.pk) for item in self.items)):
                said = self.striker.still_said(data.get(name) or "")
                self.warned = self.warned or bool(said)
                if said and not data.get("sure"):
                    self.add_error(name, still_said(said))
        return data

    def asked(self, first: dict[str, Any], id: UUID) -> Question:
        """What is asked, with ``first``: what the first page said. What is unchanged is shared whole."""
        whole, parts = [], []
        for item in self.items:
            text = self.cleaned_data[name_of(item.pk)]
            if text == item.text.strip() and self.striker is None:
                whole.append(item.pk)
            elif text:
                title = item.title if self.striker is None else item.contact.get_channel_display()
                parts.append(Part(item.pk, title, text))
        return Question(
            id=id,
            colleague=UUID(first["colleague"]),
            ground=first["ground"],
            days=first["days"],
            text=self.cleaned_data["question"],
            withheld=self.striker is not None,
            called=self.cleaned_data.get("called", ""),
            whole=tuple(whole),
            parts=tuple(parts),
        )


def still_said(words: list[str]) -> str:
    """That a text names whom it must not name."""
    return _now(
        "This still says who it is: %(words)s. Write it differently, or tick at the end that it may stay."
    ) % {"words": ", ".join(words)}


def name_of(contact: UUID) -> str:
    """The name of the field with a contact's text."""
    return f"text-{contact}"


def chosen(values: dict[str, Any]) -> dict[str, Any]:
    """What was kept of the first page, as its form reads it: several boxes or one."""
    ticked: str | Iterable[str] = values.get("contacts") or []
    return {**values, "contacts": [ticked] if isinstance(ticked, str) else list(ticked)}


class AnswerForm(forms.Form):
    """An answer. ``striker`` where the asker writes and the identity is withheld.

    Never for the colleague: a form that knows a name when it is typed would tell it.
    """

    text = CleanTextField(label=_("Your answer"), lines=True, rows=4)
    sure = forms.BooleanField(label=_("I have looked again: these words may stay."), required=False)

    def __init__(self, *args: Any, striker: Striker | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.striker = striker
        self.warned = False

    def clean(self) -> dict[str, Any]:
        """The asker does not say by mistake who it is."""
        data = super().clean() or {}
        said = self.striker.still_said(data.get("text") or "") if self.striker else []
        self.warned = bool(said)
        if said and not data.get("sure"):
            self.add_error("text", still_said(said))
        return data
