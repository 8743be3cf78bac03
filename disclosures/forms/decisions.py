"""Deciding, releasing, cancelling; and the recipient's passphrase."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from components.widgets import DateField3
from disclosures.models import Ground, Untold

LONGEST_LINK = 30  # days
LONGEST_UNTOLD = 184  # days until somebody looks again, at most; the database says the same

IN_SPITE = (Ground.LAW, Ground.PUBLIC_INTEREST)  # the database says the same


class WhenToldForm(forms.Form):
    """Whether the client is told once it has left, or not before somebody has looked at it again."""

    untold = forms.ChoiceField(
        label=_("Is the client told once it has left?"),
        help_text=_(
            "In their space it stands under “What we have shared”, and in the list of who has looked."
        ),
        choices=[("", _("Yes, they can read it at once")), *Untold.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    look_again_on = DateField3(
        label=_("Look at it again on"),
        required=False,
        help_text=_(
            "Half a year ahead at most. Until somebody decides again, the client is not told."
        ),
        min_value=lambda: timezone.localdate() + timedelta(days=1),
        max_value=lambda: timezone.localdate() + timedelta(days=LONGEST_UNTOLD),
    )

    def clean(self) -> dict[str, Any]:
        """Keeping it from the client has a day on which somebody looks again; telling has none."""
        given = super().clean() or {}
        if not given.get("untold"):
            given["look_again_on"] = None
        elif not given.get("look_again_on") and "look_again_on" not in self.errors:
            self.add_error("look_again_on", _("Enter the day on which somebody looks at it again."))
        return given


class ToldAgainForm(WhenToldForm):
    """The same, decided again: it stays back for the reason that was written down, or the client is told."""

    def __init__(self, *args: Any, reason: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["untold"] = reason
        field = self.fields["untold"]
        field.choices = [choice for choice in field.choices if choice[0] in ("", reason)]  # type: ignore[attr-defined]


class DecisionForm(WhenToldForm):
    """Yes or no to exactly what was shown: ``shown`` carries its hash."""

    field_order = ("decision", "reason", "untold", "untold_why", "look_again_on")

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            ("approve", _("Approve: exactly this may leave")),
            ("refuse", _("Refuse: nothing leaves")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose: approve or refuse.")},
    )
    reason = CleanTextField(
        label=_("Why"),
        max_length=2000,
        lines=True,
        rows=3,
        help_text=_("Whoever asked will read it. It stays with the disclosure."),
        error_messages={"required": _("Write why.")},
    )
    untold_why = CleanTextField(
        label=_("Who forbids telling them, or which harm would it do?"),
        max_length=2000,
        required=False,
        lines=True,
        rows=2,
    )
    shown = forms.RegexField(regex=r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, agreed: bool, against: bool = False, ground: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if against:  # the client took back their yes
            self._decides_against(ground)
        if agreed:  # whoever said yes knows of it
            for name in ("untold", "untold_why", "look_again_on"):
                del self.fields[name]

    def _decides_against(self, ground: str) -> None:
        """In spite of what the client says, where the ground allows it; else only a no is left."""
        choices = [
            ("approve", _("Approve in spite of it: exactly this may leave")),
            ("refuse", _("Refuse: nothing leaves")),
        ]
        allowed = choices if ground in IN_SPITE else choices[1:]
        self.fields["decision"].choices = allowed  # type: ignore[attr-defined]
        self.fields["reason"].label = _("Why, against what the client wants")

    def clean(self) -> dict[str, Any]:
        """What is kept from the client has a reason in words. Nothing leaves that is refused."""
        given = super().clean()
        if given.get("untold") and given.get("decision") == "approve":
            if not given.get("untold_why"):
                self.add_error("untold_why", _("Write who forbids it, or which harm it would do."))
            return given
        return {**given, "untold": "", "untold_why": "", "look_again_on": None}


class ReleaseForm(forms.Form):
    """In which language, and how long the link may be used."""

    language = forms.ChoiceField(
        label=_("Language of the document"),
        choices=[("fr", _("French")), ("en", _("English"))],
        widget=forms.RadioSelect,
        initial="fr",
    )
    days = forms.TypedChoiceField(
        label=_("The link can be used for"),
        choices=[
            (2, _("2 days")),
            (7, _("7 days")),
            (14, _("14 days")),
            (LONGEST_LINK, _("30 days")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
        initial=7,
    )


class CancelForm(forms.Form):
    """Why it is given up."""

    reason = CleanTextField(
        label=_("Why is it cancelled?"),
        max_length=2000,
        lines=True,
        rows=3,
        error_messages={"required": _("Write why it is cancelled.")},
    )
