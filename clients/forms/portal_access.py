"""Opening the portal: what the client wants to find there."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PortalForm(forms.Form):
    """Everything, or quiet mode; decided with the client in person, so that nothing is chosen beforehand."""

    mode = forms.ChoiceField(
        label=_("What shall the client find there?"),
        help_text=_(
            "Ask it in person, when nobody else listens: could somebody at home look into it, or make "
            "the client show it?"
        ),
        choices=[
            ("open", _("Nobody looks: everything. Contacts with notes, who has looked, what was passed on.")),
            ("quiet", _("Somebody might look: the quiet space. Only who the client is, and their requests.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, together with the client.")},
    )  # fmt: skip

    @property
    def quiet(self) -> bool:
        """Whether the quiet space was chosen."""
        return self.cleaned_data["mode"] == "quiet"
