"""What the association and its branches say of themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from components.text import CleanTextField, dialled
from volunteers.models import Association, Branch


class PhoneField(CleanTextField):
    """A telephone number that a telephone can dial."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, required=False, **kwargs)
        self.widget.input_type = "tel"
        self.widget.attrs["class"] = "width-20"

    def clean(self, value: Any) -> str:
        """The number as it was typed; refused where it has fewer than two digits."""
        number: str = super().clean(value)
        if number and len(dialled(number)) < 2:
            raise forms.ValidationError(_("Write a telephone number, for example 05 36 49 10 10."))
        return number


def _words(label: Any, longest: int, help_text: Any = "", **more: Any) -> CleanTextField:
    return CleanTextField(
        label=label, max_length=longest, required=False, help_text=help_text, **more
    )


class NumberField(CleanTextField):
    """A number of a register, which may be typed with blanks between."""

    def to_python(self, value: Any) -> str:
        """The number in one piece."""
        return "".join(super().to_python(value).split()).upper()


def _number(label: Any, shape: str, help_text: Any) -> NumberField:
    wrong = gettext_lazy("Compare it with your papers: it does not have this form.")
    return NumberField(
        label=label, required=False, help_text=help_text, validators=[RegexValidator(shape, wrong)]
    )


class AssociationForm(forms.Form):
    """What the president says of the association. Only the names and the way out are needed."""

    name = CleanTextField(
        label=gettext_lazy("Name of the association"),
        max_length=120,
        help_text=gettext_lazy(
            "It stands on the leaflet, on letters and in the legal notice, not in clients’ spaces."
        ),
    )
    address = _words(gettext_lazy("Postal address"), 200)
    phone = PhoneField(
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("The law asks for it in the legal notice."),
    )
    hours_fr = _words(
        gettext_lazy("Hours, in French"), 120, gettext_lazy("When somebody answers this number.")
    )
    hours_en = _words(gettext_lazy("Hours, in English"), 120)
    about_fr = _words(
        gettext_lazy("About you, in French"),
        300,
        gettext_lazy("One or two sentences to clients. They open the leaflet."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    about_en = _words(
        gettext_lazy("About you, in English"), 300, widget=forms.Textarea(attrs={"rows": 3})
    )
    rna = _number(
        gettext_lazy("RNA number"),
        r"^W[0-9A-Z]{9}$",
        gettext_lazy("W and nine signs, on the receipt of your declaration."),
    )
    siren = _number(
        gettext_lazy("SIREN number"), r"^[0-9]{9}$", gettext_lazy("Nine digits, if you have one.")
    )
    publisher = _words(
        gettext_lazy("Publisher (directeur de la publication)"),
        120,
        gettext_lazy("Usually the president. The law asks for the name of a person."),
    )
    host_name = _words(
        gettext_lazy("Host of the site"),
        120,
        gettext_lazy("The company on whose computers this site runs. The administrator knows it."),
    )
    host_address = _words(gettext_lazy("Address of the host"), 200)
    host_phone = PhoneField(label=gettext_lazy("Telephone of the host"))
    lead_phone = PhoneField(
        label=gettext_lazy("Telephone of the data-protection lead"),
        help_text=gettext_lazy(
            "For clients. Their name is that of the person who has this duty, as colleagues know it."
        ),
    )
    within_eu = forms.BooleanField(
        label=gettext_lazy("Nothing that we keep leaves the European Union"),
        required=False,
        help_text=gettext_lazy(
            "Ask the administrator: the host, the backups and the second trace of the log. "
            "Only then the privacy notice says so."
        ),
    )
    portal_name_fr = CleanTextField(
        label=gettext_lazy("Neutral name of the site, in French"),
        max_length=60,
        help_text=gettext_lazy(
            "Clients see it on every page, also before signing in. It says nothing about illness."
        ),
    )
    portal_name_en = CleanTextField(
        label=gettext_lazy("Neutral name of the site, in English"), max_length=60
    )
    quick_exit_url = forms.URLField(
        label=gettext_lazy("Where “Leave quickly” leads"),
        max_length=200,
        assume_scheme="https",
        help_text=gettext_lazy("A harmless page that many people look at, such as the weather."),
    )

    def __init__(self, *args: Any, association: Association, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({name: getattr(association, name) for name in self.fields})

    def clean_quick_exit_url(self) -> str:
        """Over an encrypted connection only."""
        address: str = self.cleaned_data["quick_exit_url"]
        if not address.startswith("https://"):
            raise forms.ValidationError(_("The address must begin with https://."))
        return address


class BranchForm(forms.Form):
    """How a branch is called and reached; the code only where it is new."""

    code = CleanTextField(
        label=gettext_lazy("Short code"),
        max_length=12,
        help_text=gettext_lazy("Letters and digits, for example LYON. It cannot be changed later."),
    )
    name = CleanTextField(label=gettext_lazy("Name"), max_length=80)
    phone = PhoneField(
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("It stands on the leaflet and in clients’ spaces."),
    )
    hours_fr = _words(
        gettext_lazy("Hours, in French"), 120, gettext_lazy("When somebody answers this number.")
    )
    hours_en = _words(gettext_lazy("Hours, in English"), 120)
    address = _words(gettext_lazy("Address"), 200, gettext_lazy("Where clients can come or write."))
    reach_fr = _words(
        gettext_lazy("Anything else about reaching you, in French"),
        200,
        gettext_lazy("For example the bell, the bus, another number in the evening."),
    )
    reach_en = _words(gettext_lazy("Anything else about reaching you, in English"), 200)
    legal_body = forms.BooleanField(
        label=gettext_lazy("This branch is a legal body of its own"),
        required=False,
        help_text=gettext_lazy(
            "An association registered by itself. People of other branches are then outsiders to it."
        ),
    )

    def __init__(
        self, *args: Any, branch: Branch | None = None, may_rename: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if branch:
            del self.fields["code"]
            self.initial.update({name: getattr(branch, name) for name in self.fields})
        if not may_rename:
            del self.fields["name"], self.fields["legal_body"]

    def clean_code(self) -> str:
        """In capitals, and not taken."""
        code = self.cleaned_data["code"].upper()
        if not code.isalnum():
            raise forms.ValidationError(_("Use letters and digits only."))
        if Branch.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another branch has this code. Choose another one."))
        return code
