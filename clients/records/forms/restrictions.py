"""Forms for restricting a record, and for using it again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import RestrictionGround
from components.text import CleanTextField


class RestrictForm(forms.Form):
    """On which ground, and what the client said."""

    # What the client asks for in their space restricts by itself.
    ground = forms.ChoiceField(
        label=_("Why?"),
        choices=[one for one in RestrictionGround.choices if one[0] != RestrictionGround.ASKED],
        widget=forms.RadioSelect,
    )
    why = CleanTextField(
        label=_("In the client's own words"),
        lines=True,
        rows=3,
        required=False,
        max_length=2000,
        help_text=_("The client may read this."),
    )


class LiftForm(forms.Form):
    """Why it is used again; the client is told first (Art. 18(3))."""

    why = CleanTextField(
        label=_("Why can the record be used again?"),
        lines=True,
        rows=3,
        max_length=2000,
        help_text=_("The client may read this."),
    )
    told = forms.BooleanField(
        label=_("I have told the client that the restriction ends"),
        error_messages={
            "required": _("Tell the client first. Then tick the box; the law asks for this order.")
        },
    )
