"""Forms for requests of heirs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day, short, sure
from clients.heirs.actions import NewHeirRequest
from clients.models import Along, Channel, HeirProof, HeirQuality, HeirWish
from components.text import CleanTextField
from components.widgets import DateField3

LONGEST = 2000


def words(label: Any, **kwargs: Any) -> CleanTextField:
    """Some sentences."""
    return CleanTextField(label=label, lines=True, rows=4, max_length=LONGEST, **kwargs)


class ProofForm(forms.Form):
    """Which paper was seen, and when; and whether it goes with the directives."""

    proof = forms.ChoiceField(
        label=_("Which paper did you see?"),
        choices=HeirProof,
        help_text=_("Look at it, and give it back. Keep no copy."),
    )
    proof_seen_on = DateField3(
        label=_("Seen on"), required=False, shortcuts=True, max_value=timezone.localdate
    )
    along = forms.ChoiceField(
        label=_("And what the client wanted?"), choices=Along, initial=Along.SILENT
    )

    def clean(self) -> dict[str, Any]:
        """A paper was seen on a day."""
        data = super().clean() or {}
        if data.get("proof") == HeirProof.NONE:
            data["proof_seen_on"] = None
        elif data.get("proof") and not data.get("proof_seen_on") and "proof_seen_on" in data:
            self.add_error("proof_seen_on", _("Say when you saw the paper."))
        return data


class HeirForm(ProofForm):
    """Who asks, as what, for what, and which paper shows it."""

    who = short(_("Name of whoever asks"), longest=120, required=True)
    reach = short(_("How to reach this person"), longest=200)
    quality = forms.ChoiceField(label=_("As what?"), choices=HeirQuality, widget=forms.RadioSelect)
    wish = forms.ChoiceField(
        label=_("What is asked?"),
        choices=HeirWish,
        widget=forms.RadioSelect,
        help_text=_("The law allows these, and nothing else: not to read what the person told us."),
    )
    text = words(_("What they said"), required=False)
    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.PHONE)
    received_on = day(_("Received on"))
    field_order = (
        "who",
        "reach",
        "quality",
        "wish",
        "text",
        "proof",
        "proof_seen_on",
        "along",
        "channel",
        "received_on",
    )

    def request(self) -> NewHeirRequest:
        """What is recorded."""
        return NewHeirRequest(**self.cleaned_data)


class ProposeForm(forms.Form):
    """Yes or no, and why."""

    answer = forms.ChoiceField(
        label=_("Your proposal"),
        choices=[("refuse", _("No")), ("grant", _("Yes"))],
        initial="refuse",
        widget=forms.RadioSelect,
    )
    text = words(
        _("Your reasons"),
        help_text=_("Whoever asked is told them in these words."),
        error_messages={"required": _("Write your reasons. Without them there is no answer.")},
    )


class ConfirmForm(forms.Form):
    """A second person agrees, or not."""

    answer = forms.ChoiceField(
        label=_("Do you agree?"),
        choices=[("confirm", _("I agree")), ("back", _("I do not agree: back to the coordinator"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to do.")},
    )
    seen_on = DateField3(
        label=_("You saw the paper yourself on"),
        required=False,
        shortcuts=True,
        max_value=timezone.localdate,
        help_text=_(
            "Needed for a yes where one person recorded the request and proposed the answer."
        ),
    )
    text = words(_("If you do not agree: why"), required=False)
    sure = sure(_("I have looked at what was asked, and at the proof"))


class ObjectionForm(forms.Form):
    """Who does not agree, and why."""

    who = short(_("Who does not agree?"), longest=120, required=True)
    reach = short(_("How to reach this person"), longest=200)
    text = words(_("What they said"), required=False)


class SettleForm(forms.Form):
    """What settled an objection."""

    text = words(
        _("What settled it?"),
        help_text=_("For example: taken back in a letter of 4 November; judgment of 3 March."),
    )
