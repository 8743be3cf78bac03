"""The filters of the list, as in the real application."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ListForm(forms.Form):
    """Which records, in which order."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("open", _("Open")),
            ("closed", _("Closed")),
            ("died", _("Died")),
            ("all", _("All")),
        ],
        required=False,
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[("recent", _("Last contact first")), ("reference", _("By reference"))],
        required=False,
    )
