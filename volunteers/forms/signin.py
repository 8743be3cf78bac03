"""Forms of joining, signing in, and one's own secrets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from components.text import CleanTextField
from components.widgets import PasswordWidget
from volunteers.models import Person, User
from volunteers.models.accounts import LANGUAGES, normalise_username

PASSWORD_HINT = _(
    "At least 12 characters. Three or four words that do not belong together do well."
)
WRONG_CODE = _(
    "This code is not right, or it was used before. Wait for the next one, or take another."
)


def secret(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """A field for a password: the one text that stays exactly as it was typed."""
    widget = PasswordWidget(attrs={"autocomplete": autocomplete})
    return forms.CharField(
        label=label, help_text=help_text, strip=False, max_length=200, widget=widget
    )


def user_name(**kwargs: Any) -> CleanTextField:
    """A field for a user name, on a phone's keyboard too."""
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return CleanTextField(
        label=_("User name"), widget=forms.TextInput(attrs=attrs | {"class": "width-20"}), **kwargs
    )


class SignInForm(forms.Form):
    """User name and password."""

    username = user_name(max_length=100)
    password = secret(_("Password"), "current-password")


class CodeForm(forms.Form):
    """A code from the authenticator or from the printed list."""

    code = CleanTextField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "class": "width-10", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, hint: Any = "", digits: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = hint
        if digits:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"


class SecondFactorForm(CodeForm):
    """The second step of signing in."""

    trust = forms.BooleanField(
        label=_("Trust this device for 30 days"),
        help_text=_("Only on a telephone or computer of your own. Dangerous steps still ask."),
        required=False,
    )


class ReauthenticateForm(forms.Form):
    """Password again, and a code where the account has a second factor."""

    password = secret(_("Password"), "current-password")
    code = CodeForm.base_fields["code"]

    def __init__(self, *args: Any, with_code: bool, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if with_code:
            self.fields["code"].help_text = hint
        else:
            del self.fields["code"]


class InvitationForm(forms.Form):
    """The code on the paper of an invitation."""

    invitation = CleanTextField(
        label=_("Code on your paper"),
        help_text=_("For example 7KM2-QXTB-93FH-ZZRM. Small letters will do, and no hyphens."),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class NewPasswordForm(forms.Form):
    """A password chosen by its owner, typed twice."""

    new_password = secret(_("New password"), "new-password", PASSWORD_HINT)
    password_again = secret(_("The same password again"), "new-password")

    def owner(self) -> User | None:
        """Whose name the password must not resemble."""
        return None

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough."""
        cleaned = super().clean() or {}
        password, again = cleaned.get("new_password"), cleaned.get("password_again")
        if password and again and password != again:
            self.add_error(
                "password_again", _("The two passwords are not the same. Type it again.")
            )
        elif password:
            try:
                password_validation.validate_password(password, self.owner())
            except ValidationError as error:
                self.add_error("new_password", error)
        return cleaned


class JoinForm(NewPasswordForm):
    """A new account: how colleagues see the person, and how the person signs in."""

    working_name = CleanTextField(
        label=_("Name that your colleagues see"),
        help_text=_("A first name is enough. Clients do not see it by default."),
        max_length=Person._meta.get_field("working_name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "class": "width-20"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect)
    username = user_name(
        min_length=3,
        max_length=40,
        help_text=_(
            "You sign in with it. Letters, digits, dots and hyphens; no e-mail address needed."
        ),
        validators=[
            RegexValidator(
                r"^\s*[\w.-]+\s*$", _("Use only letters, digits, dots, hyphens and underscores.")
            )
        ],
    )
    field_order = ("working_name", "language", "username", "new_password", "password_again")

    def owner(self) -> User:
        """Nobody yet, with the name that was typed."""
        return User(username=self.cleaned_data.get("username", ""))

    def clean_username(self) -> str:
        """In the one form in which it is kept."""
        return normalise_username(self.cleaned_data["username"])


class OwnPasswordForm(NewPasswordForm):
    """A new password for the account that is signed in."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def owner(self) -> User:
        """Whose name it must not resemble."""
        return self.user
