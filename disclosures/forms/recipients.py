"""That a recipient was told of a correction."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.access.forms import day
from clients.models import Channel


class ToldForm(forms.Form):
    """When and how."""

    channel = forms.ChoiceField(label=_("How"), choices=Channel, initial=Channel.LETTER)
    told_on = day(_("Told on"))
