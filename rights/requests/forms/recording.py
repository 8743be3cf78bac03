"""Recording a request that somebody heard, and noting what happens to it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day, short
from components.text import CleanTextField
from components.widgets import DateField3
from rights.models import NoteHow, NoteKind, Quality, ReceivedBy, RequestKind
from rights.requests.actions import Received

KINDS = [
    (RequestKind.ACCESS, _("See what we keep, or receive a copy")),
    (RequestKind.CORRECTION, _("Correct something")),
    (RequestKind.DELETION, _("Delete something, or everything")),
    (RequestKind.RESTRICTION, _("Keep it, but do not use it")),
    (RequestKind.PORTABILITY, _("Receive the data in a file, to take elsewhere")),
    (RequestKind.OBJECTION, _("Object to what we do with it")),
    (RequestKind.WITHDRAWAL, _("Take back an agreement")),
]
DAYS_BACK = 366  # the database says the same
KNOWN = [(how, how.label) for how in (NoteHow.RUNG_BACK, NoteHow.MET, NoteHow.PAPER, NoteHow.DOUBT)]
HOW_KNOWN = _(
    "Not by the voice and not by the birth date: others know them too. On the telephone, ring back on the"
    " number of the card."
)


def a_year_ago() -> date:
    """The first day on which a request that is recorded today may have reached us."""
    return timezone.localdate() - timedelta(days=DAYS_BACK)


class RecordForm(forms.Form):
    """A request as it was heard: half a minute for the client's own, a little more for somebody else's."""

    kind = forms.ChoiceField(label=_("What is asked for?"), choices=KINDS, widget=forms.RadioSelect)
    words = CleanTextField(
        label=_("In the client's own words"),
        help_text=_("A sentence is enough."),
        lines=True,
        rows=3,
        max_length=4000,
        error_messages={"required": _("Write in a few words what is asked for.")},
    )
    received_on = DateField3(
        label=_("On which day did it reach us?"),
        shortcuts=True,
        initial=timezone.localdate,
        min_value=a_year_ago,
        max_value=timezone.localdate,
    )
    how = forms.ChoiceField(
        label=_("How?"),
        choices=[(how, how.label) for how in ReceivedBy if how != ReceivedBy.PORTAL],
    )
    identity = forms.ChoiceField(
        label=_("How do you know who asks?"), choices=KNOWN, initial="doubt", help_text=HOW_KNOWN
    )
    quality = forms.ChoiceField(label=_("Who asks?"), choices=Quality, initial=Quality.SELF)
    applicant = short(_("Their name, if it is not the client"), longest=120)
    proof = short(
        _("What shows that they may ask"),
        help_text=_("Which paper, seen when and by whom. Leave it empty if you have seen none."),
        longest=300,
    )

    def clean(self) -> dict[str, Any]:
        """Whoever asks for somebody else is named."""
        data = super().clean() or {}
        if data.get("quality") not in (None, Quality.SELF) and not data.get("applicant"):
            self.add_error("applicant", _("Enter the name of whoever asks."))
        return data

    def received(self) -> Received:
        """How it reached us, and who asked."""
        names = ("received_on", "how", "quality", "applicant", "proof", "identity")
        return Received(**{name: self.cleaned_data[name] for name in names})


class NoteForm(forms.Form):
    """One note to a request. ``notes`` says what is to be noted: kind, how, day, words."""

    title: Any = ""
    lead: Any = ""
    submit: Any = _("Save")

    def notes(self) -> list[dict[str, Any]]:
        """What to note, in its order."""
        return []


def _words(label: Any, help_text: Any = "", *, required: bool = True) -> CleanTextField:
    return CleanTextField(
        label=label,
        help_text=help_text,
        lines=True,
        rows=4,
        min_length=10 if required else None,
        max_length=2000,
        required=required,
    )


YES_OR_NO = [("", _("Not looked at yet")), (NoteHow.YES, _("Yes")), (NoteHow.NO, _("No"))]


class CheckForm(NoteForm):
    """Who asks; and the three checks: complete, may this person ask, can it be asked for."""

    title = _("Check who asks")
    lead = _("A request is fulfilled once it is known who asks, and that they may.")
    identity = forms.ChoiceField(
        label=_("How do you know who asks?"), choices=KNOWN, help_text=HOW_KNOWN
    )
    complete = forms.ChoiceField(
        label=_("Is it clear and complete?"), choices=YES_OR_NO, required=False
    )
    entitled = forms.ChoiceField(
        label=_("May this person ask?"),
        choices=YES_OR_NO,
        required=False,
        help_text=_("The client always may. Somebody else needs a paper that says so."),
    )
    founded = forms.ChoiceField(
        label=_("Does the law give a right to this?"), choices=YES_OR_NO, required=False
    )
    words = _words(_("What shows it"), _("Which paper, seen when and by whom."), required=False)

    def notes(self) -> list[dict[str, Any]]:
        """Who asks, with the words; and each check that was made."""
        data = self.cleaned_data
        made = [{"kind": NoteKind.IDENTITY, "how": data["identity"], "words": data["words"]}]
        for kind in (NoteKind.COMPLETE, NoteKind.ENTITLED, NoteKind.FOUNDED):
            if data[kind]:
                made.append({"kind": kind, "how": data[kind]})
        return made


class PauseForm(NoteForm):
    """The clock stands still while the client, or whoever asks, has a question of ours to answer."""

    title = _("Stop the clock")
    lead = _(
        "Only to find out who asks, or what exactly is meant. Ask soon; the clock goes on when the answer is"
        " here."
    )
    submit = _("Stop the clock")
    how = forms.ChoiceField(
        label=_("Why?"),
        choices=[(how, how.label) for how in (NoteHow.WHO, NoteHow.PRECISION)],
        widget=forms.RadioSelect,
    )
    words = _words(_("What you asked, as the client will read it"))

    def notes(self) -> list[dict[str, Any]]:
        """One note, with why and the words."""
        return [{"kind": NoteKind.PAUSE, **self.cleaned_data}]


class ResumeForm(NoteForm):
    """The answer is here."""

    title = _("Let the clock go on")
    lead = _("The days on which it stood still are added to the day of the answer.")
    submit = _("Let the clock go on")
    day = day(_("On which day did the answer reach us?"))

    def notes(self) -> list[dict[str, Any]]:
        """One note, with the day."""
        return [{"kind": NoteKind.RESUME, **self.cleaned_data}]


class ExtendForm(NoteForm):
    """Two months more, with reasons (Art. 12(3))."""

    title = _("Take two months more")
    lead = _(
        "Once, within the first month, where a request is complex or there are many. The client learns it at"
        " once, with the reasons."
    )
    submit = _("Take two months more")
    words = _words(_("The reasons, as the client will read them"))

    def notes(self) -> list[dict[str, Any]]:
        """One note, with the reasons."""
        return [{"kind": NoteKind.EXTEND, **self.cleaned_data}]


class ReceiptForm(NoteForm):
    """It reached us on another day than was said."""

    title = _("Correct the day of receipt")
    lead = _("All dates are counted anew. The day that stood here before is kept.")
    day = day(_("On which day did it reach us?"))
    words = _words(
        _("How you know"),
        _("A later day gives us more time: say why in a sentence."),
        required=False,
    )

    def notes(self) -> list[dict[str, Any]]:
        """One note, with the day and the words."""
        return [{"kind": NoteKind.RECEIPT, **self.cleaned_data}]


class ToldForm(NoteForm):
    """How the client was told, where they read no answer online."""

    title = _("The client was told")
    lead = _("As the card says: at which times, with which words, on which number.")
    how = forms.ChoiceField(
        label=_("How?"),
        choices=[
            (how, how.label)
            for how in (NoteHow.PHONE, NoteHow.PERSON, NoteHow.LETTER, NoteHow.OTHER)
        ],
    )
    day = day(_("On which day?"))
    words = _words(_("By whom, and anything to remember"), required=False)

    def notes(self) -> list[dict[str, Any]]:
        """One note: how, when, by whom."""
        return [{"kind": NoteKind.TOLD, **self.cleaned_data}]


NOTES: dict[str, type[NoteForm]] = {
    "check": CheckForm,
    "pause": PauseForm,
    "resume": ResumeForm,
    "extend": ExtendForm,
    "receipt": ReceiptForm,
    "told": ToldForm,
}


class HolidaysForm(forms.Form):
    """Whether a branch has the two holidays more of Alsace and Moselle."""

    branch = forms.UUIDField(widget=forms.HiddenInput)
    more = forms.BooleanField(required=False)
