"""Counting a call; and taking in a client: who, how to reach them, the explanation, the first contact."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import BranchField, day, number, short
from clients.contacts.actions.contacts import NewContact
from clients.models import Answer
from clients.models.explanations import Channel
from clients.records.actions.explanations import NewExplanation
from clients.records.actions.hashes import plain
from clients.records.actions.taking_in import NewClient
from clients.records.forms.explanations import ExplanationFields
from clients.records.forms.records import SafeContactFields
from components.text import CleanTextField
from volunteers.models import Branch
from volunteers.models.accounts import LANGUAGES

NAMES = ("given_name", "family_name")


class EnquiryForm(forms.Form):
    """A call or message that needs no record of a person."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    branch = BranchField(label=_("Branch"), queryset=Branch.objects.none())
    channel = forms.ChoiceField(label=_("How"), choices=Channel)
    happened_on = day(_("Date"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="fr")
    minutes = number(_("Minutes"), 1440)

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].offer(branches)  # type: ignore[attr-defined]


class IntakeForm(ExplanationFields, SafeContactFields, EnquiryForm):
    """Everything of the first contact on one page."""

    given_name = short(_("Given name"), longest=80, attrs={"class": "width-20"})
    family_name = short(_("Family name"), longest=80, attrs={"class": "width-20"})
    known_as = short(
        _("Known as"),
        longest=80,
        attrs={"class": "width-20"},
        help_text=_("A nickname; or a pseudonym, for somebody who does not want to be named here."),
    )
    address = CleanTextField(label=_("Address"), lines=True, rows=3, required=False, max_length=500)
    text = CleanTextField(
        label=_("What was it about?"),
        lines=True,
        rows=4,
        required=False,
        help_text=_(
            "Facts, in a few words. The client may read them. Of other people’s health, and of offences,"
            " write nothing that the support does not need."
        ),
    )
    background = CleanTextField(
        label=_("Background"),
        lines=True,
        rows=4,
        required=False,
        help_text=_("What helps to support this person, for whoever is assigned."),
    )
    confirmed = forms.BooleanField(label=_("Save as a new record"), required=False)

    # As on the page: what is wrong is listed from the top.
    field_order = (
        "key",
        "branch",
        *NAMES,
        "known_as",
        "language",
        "phone",
        "confirmed",
        *SafeContactFields.base_fields,
        "address",
        *ExplanationFields.base_fields,
    )

    FOLDED = {
        "reach": (*(n for n in SafeContactFields.base_fields if n != "phone"), "address"),
        "told": ("where", "words"),
        "not": ("why_not",),
        "more": ("minutes", "background"),
    }

    @property
    def open_folds(self) -> list[str]:
        """The folded parts of the page that hold something, or something to mend."""
        return [
            fold
            for fold, names in self.FOLDED.items()
            if self.is_bound and any(name in self.errors or self.data.get(name) for name in names)
        ]

    @property
    def said(self) -> str:
        """The client's answer; empty where the explanation could not be given."""
        return self.cleaned_data.get("answer", "")

    def clean(self) -> dict[str, Any]:
        """A name is needed, unless nothing is kept; under a pseudonym, that and no other name."""
        data = super().clean() or {}
        answer = data.get("answer")
        if answer == Answer.PSEUDONYM:
            self._check_pseudonym(data)
        elif answer != Answer.NO_RECORD and not any(
            data.get(name) for name in (*NAMES, "known_as")
        ):
            self.add_error("given_name", _("Enter a name, or a name this person is known as."))
        return data

    def _check_pseudonym(self, data: dict[str, Any]) -> None:
        if not data.get("known_as"):
            self.add_error("known_as", _("Enter the pseudonym under which the record is kept."))
        names = {
            word for name in NAMES for word in plain(data.get(name) or "").split() if len(word) > 2
        }
        # A given name alone may be the pseudonym that the client chose.
        own = set(plain(data.get("known_as") or "").split())
        family = set(plain(data.get("family_name") or "").split())
        for name, text in list(data.items()):
            if name in NAMES or not isinstance(text, str) or name == "answer":
                continue
            telling = family if name == "known_as" else names - own
            if telling & set(plain(text).split()):
                self.add_error(
                    name,
                    _("The real name is in this text. Take it out: only the pseudonym is kept."),
                )

    def identity(self) -> dict[str, Any]:
        """The names that are kept: none but the pseudonym, where the client wants that."""
        kept: tuple[str, ...] = ("known_as", "address")
        if self.said != Answer.PSEUDONYM:
            kept = (*NAMES, *kept)
        return {name: self.cleaned_data[name] for name in kept}

    def new_client(self, id: Any) -> NewClient:
        """What taking in needs."""
        return NewClient(
            id=id,
            branch=self.cleaned_data["branch"].pk,
            language=self.cleaned_data["language"],
            identity=self.identity(),
            safe_contact=self.safe_contact(),
            background=self.cleaned_data["background"],
            pseudonym=self.said == Answer.PSEUDONYM,
        )

    def new_contact(self) -> NewContact:
        """The first contact."""
        data = self.cleaned_data
        return NewContact(
            data["channel"], data["happened_on"], minutes=data["minutes"], text=data["text"]
        )

    def new_explanation(self) -> NewExplanation:
        """The explanation, given in this contact."""
        data = self.cleaned_data
        return self.explanation(data["channel"], data["language"], data["happened_on"])
