"""Forms about an erasure: why it is proposed, and how the client said that they need no time to think."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import sure
from rights.models import ReceivedBy


class ProposeForm(forms.Form):
    """Why the record is to be deleted: one of the reasons that hold now."""

    ground = forms.ChoiceField(
        label=_("Why?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    looked = sure(_("I have looked at what goes and at what stays"))

    def __init__(self, *args: Any, grounds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]


class WaiveForm(forms.Form):
    """How the client said so. In their space they say it themself."""

    how = forms.ChoiceField(
        label=_("How did the client say so?"),
        choices=[each for each in ReceivedBy.choices if each[0] != ReceivedBy.PORTAL],
        widget=forms.RadioSelect,
    )
    said = sure(_("The client told me that they need no time to think"))
