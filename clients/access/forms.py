"""Fields that the forms of several rooms share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from components.widgets import DateField3
from volunteers.models import Branch


def sure(label: Any) -> forms.BooleanField:
    """The box to tick before something that one may regret."""
    return forms.BooleanField(
        label=label, error_messages={"required": _("Read this, and tick the box to go on.")}
    )


# The label of such a box: asked where somebody is given a client.
NEAR = _(
    "This person looks after somebody already who belongs together with this "
    "client. I know without asking either of them that both want this"
)


def short(label: Any, *, help_text: Any = "", longest: int = 200, **kwargs: Any) -> CleanTextField:
    """A one-line text that may be left empty."""
    attrs = {"autocomplete": "off", **kwargs.pop("attrs", {})}
    return CleanTextField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=kwargs.pop("required", False),
        widget=forms.TextInput(attrs=attrs),
        **kwargs,
    )


def number(label: Any, biggest: int) -> forms.IntegerField:
    """A small whole number that may be left empty."""
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=biggest,
        required=False,
        widget=forms.NumberInput(attrs={"class": "width-10", "inputmode": "numeric"}),
    )


def day(label: Any) -> DateField3:
    """A date that has come, today by default."""
    return DateField3(
        label=label, shortcuts=True, initial=timezone.localdate, max_value=timezone.localdate
    )


class BranchField(forms.ModelChoiceField):
    """The branches somebody serves in; hidden where there is only one."""

    def offer(self, branches: Any) -> None:
        """Set the choice."""
        self.queryset = Branch.objects.filter(pk__in=branches)
        only = list(self.queryset[:2])
        if len(only) == 1:
            self.initial = only[0].pk
            self.widget = forms.HiddenInput()
