"""What a client can type in their own space."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.complaints.actions import NewComplaint
from clients.messages.actions import LONGEST
from clients.models import AboutKind, AgreementAnswer, Fate
from clients.records.forms.directives import WishesFields
from components.text import CleanTextField
from components.widgets import DateField3, PasswordWidget
from rights.event_words import WHO, WHY
from rights.models import RequestKind

LONGEST_PAUSE = 92  # days, as in clients/sql/own_choices.sql
# Who can have looked, besides the client.
LOOKING = ("volunteer", "coordinator", "protection", "president", "recipient", "user", "nobody")


class AgreementForm(forms.Form):
    """Agree to a record with something about one's health, without it, or not any more."""

    answer = forms.ChoiceField(
        label=_("My answer"),
        choices=[
            (AgreementAnswer.YES, _("Yes, you may note something about my health")),
            (AgreementAnswer.NO_HEALTH, _("Keep a record, with nothing about my health")),
            (AgreementAnswer.WITHDRAWN, _("No, or not any more: do not use my record")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer.")},
    )
    words = CleanTextField(
        label=_("Anything you want to say about it"),
        lines=True,
        rows=3,
        required=False,
        max_length=500,
    )


class WishesForm(WishesFields):
    """What I want done with my record after my death."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fate"].label = _("What should we do with your record?")
        self.fields["fate"].choices = [  # type: ignore[attr-defined]
            (Fate.ERASE, _("Erase it")),
            (Fate.KEEP, _("Keep it only as long as the law asks")),
            (Fate.UNSAID, _("I would rather not say")),
        ]
        self.fields["executor"].label = _("Who may ask us about your record?")
        self.fields["told"].label = _("Whom should we tell?")


# What restricts the record in that second, in a space that shows all; the database says the same.
RESTRICTS = (RequestKind.RESTRICTION, RequestKind.OBJECTION)


class RequestForm(forms.Form):
    """Ask for something about one's data, in one's own words."""

    kind = forms.ChoiceField(
        label=_("What do you want?"),
        choices=[
            (RequestKind.CORRECTION, _("Correct something")),
            (RequestKind.DELETION, _("Delete something, or everything")),
            (RequestKind.ACCESS, _("See or receive my record on paper")),
            (RequestKind.PORTABILITY, _("Receive my data in a file, to take elsewhere")),
            (RequestKind.RESTRICTION, _("Keep my record, but do not use it")),
            (RequestKind.OBJECTION, _("Object to what you do with my data")),
            (RequestKind.WITHDRAWAL, _("Take back something that I agreed to")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want.")},
    )
    words = CleanTextField(
        label=_("In your own words"),
        help_text=_("A sentence is enough. For example: my address is 9 rue du Moulin."),
        lines=True,
        rows=5,
        max_length=4000,
        error_messages={"required": _("Say in a few words what you want.")},
    )

    def __init__(self, *args: Any, quiet: bool, restricts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if restricts:
            self.fields["kind"].help_text = _(
                "If you ask us not to use your record, or object, nobody uses it from that moment: those who"
                " support you cannot read their notes or add to them. They can still reach you. It lasts"
                " until we have answered you, or until you take your request back."
            )
        if quiet:  # what can be seen there are the details: a record would be more
            self.fields["kind"].choices = [  # type: ignore[attr-defined]
                (RequestKind.CORRECTION, _("Correct something")),
                (RequestKind.DELETION, _("Delete something, or everything")),
                (RequestKind.ACCESS, _("Receive my details on paper")),
                (RequestKind.RESTRICTION, _("Keep my details, but do not use them")),
                (RequestKind.OBJECTION, _("Object to what you do with my details")),
            ]


class StatementForm(forms.Form):
    """What is right, or what the client wants to be said about a note."""

    words = CleanTextField(
        label=_("What is right, or what do you want to say?"),
        help_text=_("In your own words. Whoever can read the note can read this too."),
        lines=True,
        rows=5,
        max_length=2000,
        error_messages={"required": _("Say in a few words what is right.")},
    )


class ComplaintForm(forms.Form):
    """A formal complaint. Whom it is about says who hears it; nobody has to be named."""

    kind = forms.ChoiceField(
        label=_("Whom is it about?"),
        choices=[
            (AboutKind.VOLUNTEER, _("A volunteer")),
            (AboutKind.COORDINATOR, _("A coordinator, who organises my support")),
            (AboutKind.ASSOCIATION, _("The association, or how it works")),
            (AboutKind.UNSAID, _("I would rather not say, or I do not know")),
        ],
        help_text=_("Whoever it is about does not hear it, and decides nothing about it."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whom it is about. You may say: I would rather not.")},
    )
    about = forms.ChoiceField(
        label=_("Who, if you want to say"),
        required=False,
        help_text=_("The people with whom you have talked, and those who organise your support."),
    )
    words = CleanTextField(
        label=_("What happened?"),
        help_text=_("In your own words: what, when, and what you would like to be done."),
        lines=True,
        rows=7,
        max_length=8000,
        error_messages={"required": _("Say in a few words what happened.")},
    )
    reach = CleanTextField(
        label=_("How may we reach you about this?"),
        help_text=_("A number and a good time. Leave it empty to read the answer here."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", _("I do not say")), *people]  # type: ignore[attr-defined]

    def new(self) -> NewComplaint:
        """The complaint as it was written."""
        data = self.cleaned_data
        about = UUID(data["about"]) if data["about"] else None
        return NewComplaint(data["kind"], data["words"], about, reach=data["reach"])


class MessageForm(forms.Form):
    """A message to those who look after the client; with a key: sent twice, it is sent once."""

    text = CleanTextField(
        label=_("Your message"),
        lines=True,
        rows=6,
        max_length=LONGEST,
        error_messages={"required": _("Write something first.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class PauseForm(forms.Form):
    """Until which day nobody signs in."""

    until = DateField3(
        label=_("Closed until"),
        help_text=_("From that day on you can sign in again. Three months at most."),
        min_value=lambda: timezone.localdate() + timedelta(days=1),
        max_value=lambda: timezone.localdate() + timedelta(days=LONGEST_PAUSE),
    )


class MoreForm(forms.Form):
    """More words to a complaint."""

    words = CleanTextField(
        label=_("What do you want to add?"),
        lines=True,
        rows=5,
        max_length=8000,
        error_messages={"required": _("Write something first.")},
    )


def reasons(purposes: Collection[str], asked: str) -> list[tuple[str, Any]]:
    """The words for these, each once, in the reader's alphabet: several codes read alike.

    Words that the address asked for go by the code that it used.
    """
    wanted = {str(WHY[purpose]) for purpose in purposes if purpose in WHY}
    by_words = {str(words): code for code, words in WHY.items()}
    if asked in WHY:
        by_words[str(WHY[asked])] = asked
    return [("", _("Every reason")), *((by_words[words], words) for words in sorted(wanted))]


class SeenFilter(forms.Form):
    """Which looks at the record to show. Offers what occurred only: the rest would frighten for nothing."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    why = forms.ChoiceField(label=_("Why"), required=False)
    since = DateField3(label=_("From"), required=False)
    until = DateField3(label=_("To"), required=False)
    own = forms.BooleanField(label=_("Show what I looked at myself too"), required=False)

    def __init__(self, data: Mapping[str, Any], *, roles: set[str], purposes: set[str]) -> None:
        super().__init__(data)
        # What an address asks for stays a choice, although it finds nothing.
        asked = data.get("why", "")
        roles, purposes = roles | {data.get("who", "")}, purposes | {asked}
        looking = [(role, WHO[role]) for role in LOOKING if role in roles]
        self.fields["who"].choices = [("", _("Everybody")), *looking]  # type: ignore[attr-defined]
        self.fields["why"].choices = reasons(purposes, asked)  # type: ignore[attr-defined]


class OwnPasswordForm(SetPasswordForm):
    """A password of the client's own, twice; not the one that it replaces."""

    is_own: Callable[[str], bool]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Your new password")
        self.fields["new_password1"].help_text = _(
            "At least 12 characters. Four words that only you would put together are good."
        )
        self.fields["new_password2"].label = _("The same once more")
        self.fields["new_password2"].help_text = ""
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget = PasswordWidget(attrs={"autocomplete": "new-password"})

    def clean(self) -> dict[str, Any]:
        """What is wrong with the password is said where it was typed, not where it was repeated."""
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(self.user, "new_password1")
        return self.cleaned_data

    def clean_new_password1(self) -> str:
        """The paper code, or the password until now, is no new one."""
        typed = self.cleaned_data["new_password1"]
        if self.is_own(typed):
            raise forms.ValidationError(_("Choose another password than the one you have now."))
        return typed
