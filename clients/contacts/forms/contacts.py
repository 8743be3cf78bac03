"""Logging and correcting a contact. Channel and date are enough; the rest is folded away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clients.contacts import file_types
from clients.contacts.actions.attachments import NewFile
from clients.contacts.actions.contacts import NewContact
from clients.models import Answer, Channel, Client
from clients.records.actions.explanations import NewExplanation
from clients.records.forms.explanations import ExplanationForm
from components.text import CleanTextField
from components.widgets import DateField3

LATEST_FOLLOW_UP = timedelta(days=730)
TOO_LONG = _(
    "This text is too long to keep (%(show_value)s characters, at most %(limit_value)s). "
    "Shorten it, or attach it as a file."
)
TOO_LARGE = _(
    "The file is too large: %(size)s, and at most %(limit)s can be kept. Make it smaller, for "
    "example by taking the picture again with a lower quality."
)

CHOOSE_AGAIN = _("Choose the file again: it was not kept, because something else has to be mended.")


def years_ago() -> date:
    """The earliest date of a contact: before it, the year was mistyped."""
    return timezone.localdate() - timedelta(days=3653)


def in_two_years() -> date:
    """The latest date of a follow-up."""
    return timezone.localdate() + LATEST_FOLLOW_UP


class AttachmentField(forms.FileField):
    """A file that may be kept, recognised by its content; cleans to a NewFile or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": file_types.ACCEPT}))
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Checks size and content."""
        upload: UploadedFile | None = super().clean(data, initial)
        if not upload:
            return None
        if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
            sizes = {
                "size": filesizeformat(upload.size or 0),
                "limit": filesizeformat(settings.UPLOAD_MAX_BYTES),
            }
            raise ValidationError(TOO_LARGE, code="too_large", params=sizes)
        content = upload.read()
        name = upload.name or ""
        return NewFile(name, file_types.check(name, content), content)


class ExplanationPart(ExplanationForm):
    """The explanation as a part of the first contact: how, when and language are the contact's."""

    channel = None  # type: ignore[assignment]
    language = None  # type: ignore[assignment]
    happened_on = None  # type: ignore[assignment]
    prefix = "explanation"

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was ticked or written."""
        return not any(self.data.get(self.add_prefix(name)) for name in self.fields)


class ContactForm(forms.Form):
    """One contact. ``wanted`` is what actions.contacts.explanation_wanted says of the client."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    channel = forms.ChoiceField(
        label=_("How"), choices=Channel, initial=Channel.PHONE, widget=forms.RadioSelect
    )
    happened_on = DateField3(
        label=_("When"),
        shortcuts=True,
        initial=timezone.localdate,
        min_value=years_ago,
        max_value=timezone.localdate,
    )
    no_answer = forms.BooleanField(label=_("No answer"), required=False)
    text = CleanTextField(
        label=_("Notes"),
        lines=True,
        rows=5,
        required=False,
        help_text=_(
            "Facts, in a few words. The client may read them. Of other people’s health, and of offences,"
            " write nothing that the support does not need."
        ),
        error_messages={"max_length": TOO_LONG},
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=0,
        max_value=1440,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    kilometres = forms.IntegerField(
        label=_("Kilometres"),
        min_value=0,
        max_value=2000,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    follow_up_on = DateField3(
        label=_("Follow up on"),
        required=False,
        min_value=timezone.localdate,
        max_value=in_two_years,
    )
    follow_up = CleanTextField(label=_("What to follow up"), required=False)
    file = AttachmentField(
        label=_("Attach a file"),
        required=False,
        help_text=_(
            "A PDF, a picture, a text or a document, up to 10 MB. A draft does not keep it."
        ),
    )
    urgent = forms.BooleanField(
        label=_("Urgent"),
        required=False,
        help_text=_("Somebody was in distress, and the explanation had to wait."),
    )

    FOLDED = ("minutes", "kilometres", "follow_up_on", "follow_up", "file", "urgent")

    def __init__(self, *args: Any, wanted: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whether the text is too long is said in words, and nothing that was typed is cut off.
        self.fields["text"].widget.attrs.pop("maxlength", None)
        self.wanted = wanted
        self.explanation: ExplanationPart | None = None
        if wanted:
            said = (kwargs.get("initial") or {}).get(ExplanationPart.prefix)
            self.explanation = ExplanationPart(self.data if self.is_bound else None, initial=said)

    @property
    def more_open(self) -> bool:
        """Whether the folded part has something to show."""
        return any(self.errors.get(name) or _said(self[name].value()) for name in self.FOLDED)

    def clean(self) -> dict[str, Any]:
        """A follow-up needs a date; the explanation, its rules (P10)."""
        data = super().clean() or {}
        dated = data.get("follow_up_on") or "follow_up_on" in self.errors
        if data.get("follow_up") and not dated:
            self.add_error("follow_up_on", _("Choose the date of the follow-up."))
        if self.explanation and not self._explained(self.explanation, data):
            self.add_error(
                "urgent",
                _(
                    "The explanation was put off once already. Explain the policy now, or tick Urgent."
                ),
            )
        part = self.explanation
        if data.get("file") and (self.errors or (part and part.is_bound and part.errors)):
            # A browser forgets the file when the page comes back.
            self.add_error("file", CHOOSE_AGAIN)
        return data

    def _explained(self, part: ExplanationPart, data: dict[str, Any]) -> bool:
        """Whether the database will take this contact."""
        if part.is_untouched and (self.wanted == "again" or self._may_wait(data)):
            # Nothing was said: then only what the database will ask for counts.
            self.explanation = ExplanationPart(None, initial=part.initial)
            return self.wanted in ("first", "anew") or self._may_wait(data)
        if not part.is_valid():
            return True  # said beside the fields of the part
        return (
            self.wanted in ("first", "anew")
            or part.cleaned_data["explained"]
            or self._may_wait(data)
        )

    def is_valid(self) -> bool:
        """Whether the contact and its explanation can be saved."""
        valid = super().is_valid()
        part = self.explanation
        return part.is_valid() and valid if part and part.is_bound else valid

    @staticmethod
    def _may_wait(data: dict[str, Any]) -> bool:
        return bool(data.get("no_answer") or data.get("urgent"))

    def new_contact(self, id: UUID) -> NewContact:
        """What is logged."""
        data = self.cleaned_data
        return NewContact(
            id=id,
            channel=data["channel"],
            happened_on=data["happened_on"],
            reached=not data["no_answer"],
            minutes=data["minutes"],
            kilometres=data["kilometres"],
            follow_up_on=data["follow_up_on"],
            urgent=data["urgent"],
            text=data["text"],
            follow_up=data["follow_up"],
            file=data["file"],
        )

    def new_explanation(self, client: Client) -> NewExplanation | None:
        """What is recorded of the explanation; None where there is nothing to record."""
        part, data = self.explanation, self.cleaned_data
        if part is None or (not part.is_bound and data["no_answer"]):
            return None  # nothing can be explained to nobody
        if not part.is_bound:
            # No time: said as the reason, and asked again.
            part.cleaned_data = dict.fromkeys(part.fields, "") | {
                "explained": False,
                "why_not": _now("It was urgent."),
            }
        return part.explanation(data["channel"], client.language, data["happened_on"])

    @property
    def pseudonym(self) -> str:
        """The pseudonym that the client asked for in this explanation."""
        said = getattr(self.explanation, "cleaned_data", {})
        return said.get("known_as", "") if said.get("answer") == Answer.PSEUDONYM else ""


class FileForm(forms.Form):
    """One more file for a contact."""

    file = AttachmentField(
        label=_("Attach a file"),
        help_text=_("A PDF, a picture, a text or a document, up to 10 MB."),
        error_messages={"required": _("Choose a file first.")},
    )


class CorrectionForm(forms.Form):
    """A new text of a note, and why."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    text = CleanTextField(
        label=_("Notes"),
        lines=True,
        rows=8,
        required=False,
        error_messages={"max_length": TOO_LONG},
    )
    reason = CleanTextField(
        label=_("Why do you correct it?"),
        help_text=_("For example: wrong date of the operation. The earlier text is kept."),
        error_messages={"required": _("Say in a few words why you correct it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs.pop("maxlength", None)


def _said(value: Any) -> bool:
    """Whether a field holds anything; a date is a list of three texts."""
    return any(value) if isinstance(value, list) else bool(value)


def typed(values: dict[str, str]) -> dict[str, Any]:
    """What was typed into a contact's form and kept as plain texts, as initial values; unchecked."""
    return {
        **_typed(ContactForm, values, ""),
        ExplanationPart.prefix: _typed(ExplanationPart, values, f"{ExplanationPart.prefix}-"),
    }


def _typed(form: type[forms.Form], values: dict[str, str], prefix: str) -> dict[str, Any]:
    return {
        name: field.widget.value_from_datadict(values, {}, prefix + name)
        for name, field in form.base_fields.items()
        if not isinstance(field, forms.FileField)
        and not field.widget.value_omitted_from_data(values, {}, prefix + name)
    }
