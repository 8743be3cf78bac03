"""The steps of preparing a request: ground, recipient, the client's will, contacts, why each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clients.models import Complaint, Contact
from components.dates import written
from components.text import CleanTextField
from components.widgets import DateField3
from disclosures.actions.striking import absent, still_said, struck
from disclosures.models import Consent, Detail, DisclosureDetail, DisclosureItem, Ground

MEANS = {
    Ground.LAW: _(
        "A court, the police or an authority may demand it by law. The proof is the document: who "
        "signed it, its date, the text it names and what it covers. A lawyer's letter compels nothing."
    ),
    Ground.PUBLIC_INTEREST: _(
        "Somebody is at risk of significant harm, the client or others. The proof is what you saw or "
        "heard: which harm, to whom, how likely, why now, and what was tried before."
    ),
    Ground.COMPLAINT: _(
        "The client has complained formally about a volunteer or the association. The proof is the "
        "complaint: its date, to whom it was made. No more leaves than answers it."
    ),
}
CONSENT_MEANS = {
    Consent.GIVEN: _("The client said yes to this: to what, to whom and what for."),
    Consent.REFUSED: _("It may still be necessary, and the client's no is kept with it."),
    Consent.NOT_SOUGHT: _("For example unconscious, not to be found, or asking would cause harm."),
}


def _explained(label: Any, means: Any) -> Any:
    return lazy(
        lambda: format_html('<strong>{}</strong><br><span class="soft">{}</span>', label, means),
        str,
    )()


class GroundForm(forms.Form):
    """Which of the three grounds (P7), and the proof for it."""

    ground = forms.ChoiceField(
        label=_("Which ground is it?"),
        choices=[(g.value, _explained(g.label, MEANS[g])) for g in Ground],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the ground. There are only these three.")},
    )
    complaint_id = forms.TypedChoiceField(
        label=_("Which complaint does it answer?"),
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text=_(
            "Only if the complaint is the ground. Only complaints that you hear are shown."
        ),
    )
    ground_details = CleanTextField(
        label=_("What proves it?"),
        help_text=_("Facts, as asked for under the ground you chose."),
        max_length=5000,
        lines=True,
        rows=5,
        error_messages={"required": _("Write down what proves the ground.")},
    )

    def __init__(self, *args: Any, complaints: Iterable[Complaint] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (str(complaint.pk), f"{complaint.reference} · {written(complaint.opened_at)}")
            for complaint in complaints
        ]
        # Whoever hears none names none: then it is for a decider who hears every complaint of the client.
        if choices:
            self.fields["complaint_id"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["complaint_id"]

    def clean(self) -> dict[str, Any]:
        """An answer to a complaint says to which; nothing else does."""
        given = super().clean() or {}
        if given.get("ground") != Ground.COMPLAINT:
            given["complaint_id"] = None
        elif "complaint_id" in self.fields and not given.get("complaint_id"):
            self.add_error("complaint_id", _("Choose the complaint that it answers."))
        return {"complaint_id": None, **given}


class RecipientForm(forms.Form):
    """Who would receive it, and the need to know (P9)."""

    recipient = CleanTextField(
        label=_("Name of the person who would receive it"),
        max_length=200,
        error_messages={"required": _("Name the person. It cannot go to an office in general.")},
    )
    recipient_function = CleanTextField(
        label=_("Their function and organisation"),
        help_text=_("For example: general practitioner, health centre of Cahors."),
        max_length=200,
        error_messages={"required": _("Write what the person does, and where.")},
    )
    recipient_reach = CleanTextField(
        label=_("How they can be reached"),
        help_text=_("A telephone number that you found yourself, not one that a caller gave you."),
        max_length=200,
        error_messages={"required": _("Write how the person can be reached.")},
    )
    need = CleanTextField(
        label=_("Why do they need to know?"),
        help_text=_("The recipient will read this sentence."),
        max_length=1000,
        lines=True,
        rows=3,
        error_messages={"required": _("Write why this person needs to know.")},
    )


class ClientWillForm(forms.Form):
    """The discussion with the client, and the client's yes or no (P6)."""

    consent = forms.ChoiceField(
        label=_("What does the client say?"),
        choices=[(c.value, _explained(c.label, CONSENT_MEANS[c])) for c in Consent],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the client says.")},
    )
    discussed_on = DateField3(
        label=_("When did you talk about it?"),
        shortcuts=True,
        required=False,
        max_value=timezone.localdate,
    )
    discussion = CleanTextField(
        label=_("What was said"), max_length=5000, required=False, lines=True, rows=3
    )
    consent_words = CleanTextField(
        label=_("The client's exact words"),
        help_text=_(
            "Their yes, or their no, as they said it. Leave it empty if they could not be asked."
        ),
        max_length=2000,
        required=False,
        lines=True,
        rows=2,
    )
    why_no_consent = CleanTextField(
        label=_("Why the client could not be asked"),
        help_text=_("Only where you chose that the client could not be asked."),
        max_length=2000,
        required=False,
        lines=True,
        rows=2,
    )

    def clean(self) -> dict[str, Any]:
        """A yes or a no needs its day and its words; the lack of one needs its reason."""
        given = super().clean() or {}
        consent = given.get("consent")
        if consent in (Consent.GIVEN, Consent.REFUSED):
            if not given.get("discussed_on") and "discussed_on" not in self.errors:
                self.add_error("discussed_on", _("Enter the day on which you talked about it."))
            if not given.get("consent_words"):
                self.add_error("consent_words", _("Write down the client's exact words."))
        if consent == Consent.NOT_SOUGHT and not given.get("why_no_consent"):
            self.add_error("why_no_consent", _("Write why the client could not be asked."))
        return given


class ContactsForm(forms.Form):
    """Which fields and contacts would leave. Starts empty (P8)."""

    details = forms.MultipleChoiceField(
        label=_("Who the client is, and how to reach them"),
        help_text=_(
            "The recipient learns only what you choose. Without the name, the cover has a reference."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    contacts = forms.MultipleChoiceField(
        label=_("Choose only what the recipient must know"),
        help_text=_("On the next page you can strike words out."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        shown: list[Contact],
        texts: dict[UUID, str],
        values: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(contact.pk): contact for contact in shown}
        self.fields["details"].choices = [  # type: ignore[attr-defined]
            (code, _explained(label, values[code]))
            for code, label in Detail.choices
            if code in values
        ]
        self.fields["contacts"].choices = [  # type: ignore[attr-defined]
            (str(contact.pk), self._label(contact, texts.get(contact.pk, ""))) for contact in shown
        ]

    @staticmethod
    def _label(contact: Contact, text: str) -> str:
        return format_html(
            '<strong>{}</strong><br><span class="soft pre-line">{}</span>', titled(contact), text
        )

    def clean(self) -> dict[str, Any]:
        """Something leaves, or nothing is asked."""
        given = super().clean() or {}
        if not given.get("contacts") and not given.get("details") and not self.errors:
            raise forms.ValidationError(_("Choose at least one of them."))
        return given

    def wanted(self) -> list[Contact]:
        """The chosen contacts."""
        return [self.by_id[pk] for pk in self.cleaned_data["contacts"]]


class WhyForm(forms.Form):
    """Why each chosen field and contact is needed; the words of a note, and what is struck out of them."""

    def __init__(
        self,
        *args: Any,
        items: list[DisclosureItem],
        details: list[DisclosureDetail],
        texts: dict[UUID, str],
        said: dict[UUID, list[str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.details, self.texts, self.said = items, details, texts, said
        for detail in details:
            self._ask(detail, detail.get_detail_display(), "")
        for item in items:
            self._ask(item, titled(item.contact), "\n\n".join(self._leaves(item)))
            if texts.get(item.contact_id):
                self.fields[_strike(item)] = CleanTextField(
                    label=_("Strike out of it: %(note)s") % {"note": titled(item.contact)},
                    help_text=_(
                        "A word or a phrase a line, for example a name. A mark stands in its place, "
                        "which does not tell how long it was."
                    ),
                    initial=item.strike,
                    max_length=2000,
                    required=False,
                    lines=True,
                    rows=2,
                )

    def _ask(self, row: DisclosureItem | DisclosureDetail, label: str, text: str) -> None:
        self.fields[row.pk.hex] = CleanTextField(
            label=label,
            help_text=text,
            initial=row.why,
            max_length=500,
            lines=True,
            rows=2,
            error_messages={"required": _("Write why this is needed.")},
        )

    def _leaves(self, item: DisclosureItem) -> list[str]:
        """The note, and what the client says about it, which goes along and is struck with it."""
        return [self.texts.get(item.contact_id, ""), *self.said.get(item.contact_id, [])]

    def clean(self) -> dict[str, Any]:
        """What is to be struck stands there, and can be read nowhere else in what is chosen."""
        given = super().clean() or {}
        left: list[str] = []
        for item in self.items:
            text, typed = self.texts.get(item.contact_id, ""), given.get(_strike(item)) or ""
            if missing := absent("\n\n".join(self._leaves(item)), typed):
                self.add_error(_strike(item), _says(NOT_THERE, missing))
            left += [part for part in struck(text, typed) if part]
        for item in self.items:
            if said := still_said([given.get(_strike(item)) or ""], left):
                self.add_error(_strike(item), _says(STILL_THERE, said))
        return given

    def why(self) -> dict[UUID, str]:
        """The reasons by the id of item or field."""
        return {row.pk: self.cleaned_data[row.pk.hex] for row in [*self.details, *self.items]}

    def typed(self) -> dict[UUID, str]:
        """What is struck out, by item id."""
        return {item.pk: self.cleaned_data.get(_strike(item)) or "" for item in self.items}


NOT_THERE = _("This does not stand in the note: %(words)s.")
STILL_THERE = _("This can still be read in what leaves: %(words)s. Strike it out there too.")


def _says(sentence: Any, words: list[str]) -> str:
    return sentence % {"words": ", ".join(words)}


def _strike(item: DisclosureItem) -> str:
    return f"strike-{item.pk.hex}"


def titled(contact: Contact) -> str:
    """A contact in a few words: its date and how it happened."""
    return f"{written(contact.happened_on)} · {contact.get_channel_display()}"
