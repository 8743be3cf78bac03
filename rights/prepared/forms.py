"""Forms for preparing a copy: why and how, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from clients.consultations.needles import words
from clients.models import Contact
from components.text import CleanTextField
from disclosures.actions import striking
from rights.models import CopyReason, CopyWay, LeftOutReason, SubjectRequest
from rights.prepared.actions import Read
from volunteers.models.accounts import LANGUAGES

SHORTEST = 2  # of a passage: one letter would strike out every word of it
MOST = 4000


class StartForm(forms.Form):
    """Why a copy is prepared, and how it reaches the client."""

    reason = forms.ChoiceField(label=_("Why?"), choices=CopyReason, widget=forms.RadioSelect)
    way = forms.ChoiceField(
        label=_("How does it reach the client?"),
        choices=CopyWay,
        widget=forms.RadioSelect,
        help_text=_(
            "Look at how to contact safely first: a letter can be opened by somebody else."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    large = forms.BooleanField(label=_("In large print"), required=False)

    def __init__(self, *args: Any, asked: Iterable[SubjectRequest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [
            (str(one.pk), f"{one.get_kind_display()}, {one.made_at:%d/%m/%Y}") for one in asked
        ]
        self.fields["request"] = forms.ChoiceField(
            label=_("Which request does it answer?"),
            required=False,
            choices=[("", _("None that is noted")), *known],
            help_text=_("Where somebody else asked, or under Art. 15, there must be one."),
        )

    def clean(self) -> dict[str, Any]:
        """Whoever asks for the client, and a request under Art. 15, are noted."""
        data = super().clean() or {}
        if data.get("reason") in (CopyReason.PROXY, CopyReason.REQUEST) and not data.get("request"):
            self.add_error("request", _("Choose the request. Record it first if there is none."))
        return data


class StrikeForm(forms.Form):
    """What the copy does not give: whole contacts, and passages wherever they stand."""

    drawn = CleanTextField(widget=forms.HiddenInput, required=False)  # when the record was read
    others = CleanTextField(
        label=_("Passages about other people"),
        lines=True,
        required=False,
        max_length=MOST,
        help_text=_(
            "One a line, as it stands in the notes. It is struck out wherever it stands in the copy."
        ),
    )
    source = CleanTextField(
        label=_("Passages that say who told us in confidence"),
        lines=True,
        required=False,
        max_length=MOST,
    )
    forbidden = CleanTextField(
        label=_("Passages that a law or an authority forbids telling now"),
        lines=True,
        required=False,
        max_length=MOST,
        help_text=_("That it could do harm is no reason to strike something out."),
    )

    def __init__(
        self, *args: Any, contacts: Iterable[Contact], texts: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.texts = "\n\n".join(texts)
        self.contacts = [contact.pk for contact in contacts]
        for pk in self.contacts:
            self.fields[f"contact-{pk}"] = forms.ChoiceField(
                label=_("This contact"),
                required=False,
                choices=[("", _("No, it is given")), *LeftOutReason.choices],
            )

    def clean(self) -> dict[str, Any]:
        """Each passage is long enough to mean something, and stands in what is shown."""
        data = super().clean() or {}
        for reason in LeftOutReason.values:
            lines = _lines(data.get(reason, ""))
            if any(len(line) < SHORTEST or not words(line) for line in lines):
                self.add_error(reason, _("Write at least two letters in each line."))
                continue
            missing = striking.absent(self.texts, "\n".join(lines))
            if missing:
                said = _(
                    "This stands nowhere in what is shown here: %(words)s. Check how it is spelt."
                )
                self.add_error(reason, said % {"words": ", ".join(missing)})
        try:
            self.read = _read(data.get("drawn", ""))
        except (BadSignature, ValueError):
            self.add_error(None, _("Load this page again, and look once more at what is new."))
        return data

    def left_out(self) -> dict[UUID, str]:
        """The contacts that are not given, with the reason."""
        said = {pk: self.cleaned_data[f"contact-{pk}"] for pk in self.contacts}
        return {pk: reason for pk, reason in said.items() if reason}

    def passages(self) -> dict[str, list[str]]:
        """The passages to strike out, by reason."""
        return {reason: _lines(self.cleaned_data[reason]) for reason in LeftOutReason.values}


def signed(read: Read) -> str:
    """When the record was read for a copy, signed: nobody says so of a page that they did not get."""
    return _signer().sign(f"{read.at.isoformat()} {read.writes}")


def _read(drawn: str) -> Read:
    at, writes = _signer().unsign(drawn).split(" ")
    return Read(datetime.fromisoformat(at), int(writes))


def _signer() -> Signer:
    return Signer(salt="rights.prepared.drawn")


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
