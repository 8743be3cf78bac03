"""What a client can type in their own space."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from rights.models import RequestKind


class RequestForm(forms.Form):
    """Ask for correction, deletion or access, in one's own words."""

    kind = forms.ChoiceField(
        label=_("What do you want?"),
        choices=[
            (RequestKind.CORRECTION, _("Correct something")),
            (RequestKind.DELETION, _("Delete something, or everything")),
            (RequestKind.ACCESS, _("See or receive my record on paper")),
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


class OwnPasswordForm(SetPasswordForm):
    """A password of the client's own, twice; not the one that it replaces."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Your new password")
        self.fields["new_password1"].help_text = _(
            "At least 12 characters. Four words that only you would put together are good."
        )
        self.fields["new_password2"].label = _("The same once more")
        self.fields["new_password2"].help_text = ""

    def clean_new_password1(self) -> str:
        """The paper code, or the password until now, is no new one."""
        typed = self.cleaned_data["new_password1"]
        if self.user.check_password(typed):
            raise forms.ValidationError(_("Choose another password than the one you have now."))
        return typed
