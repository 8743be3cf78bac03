"""Forms for a contact that belongs to someone else: to whom, and the confirmation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import short, sure


class RightForm(forms.Form):
    """The right record, by its reference."""

    to = short(
        _("Reference of the right record"),
        longest=12,
        required=True,
        help_text=_(
            "It stands on the record, for example C-7KM2QX. You must be able to write there."
        ),
        error_messages={"required": _("Enter the reference of the right record.")},
    )


class MoveForm(forms.Form):
    """Which record it is, and that this is sure."""

    client = forms.UUIDField(widget=forms.HiddenInput)
    sure = sure(_("I have checked the name. The text is deleted from the wrong record for good"))
