"""Forms of invitations and duties."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actor import Actor
from components.widgets import DateField3
from volunteers.duty_rules import clash, reason
from volunteers.models import Departure, DutyKind, Person, Way
from volunteers.models.accounts import LANGUAGES
from volunteers.models.people import OF_A_BRANCH
from volunteers.permissions import branches_to_give, duties_to_give, may_appoint


class DutyForm(forms.Form):
    """A duty, and the branch where it needs one. Offers what the actor may give."""

    not_offered: frozenset[str] = frozenset()

    duty = forms.ChoiceField(label=gettext_lazy("Duty"), widget=forms.RadioSelect)
    branch = forms.ChoiceField(
        label=gettext_lazy("Branch"),
        required=False,
        help_text=gettext_lazy("Not for duties of the whole association."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.branches = {str(branch.pk): branch for branch in branches_to_give(actor)}
        duties = [duty for duty in duties_to_give(actor) if duty not in self.not_offered]
        self.fields["duty"].choices = [  # type: ignore[attr-defined]
            (kind, DutyKind(kind).label) for kind in duties
        ]
        choices = [(pk, branch.name) for pk, branch in self.branches.items()]
        self.fields["branch"].choices = choices if len(choices) == 1 else [("", "–"), *choices]  # type: ignore[attr-defined]
        if len(duties) == 1:
            self.fields["duty"].widget = forms.HiddenInput()
            self.initial["duty"] = duties[0]
            self.fields["branch"].required = True
            self.fields["branch"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """The branch fits the duty, and the actor may give both."""
        cleaned = super().clean() or {}
        duty = cleaned.get("duty")
        branch = self.branches.get(cleaned.get("branch") or "")
        cleaned["branch"] = branch if duty in OF_A_BRANCH else None
        if duty in OF_A_BRANCH and branch is None and "branch" not in self.errors:
            self.add_error("branch", _("Choose the branch: this duty belongs to one."))
        elif duty and not may_appoint(
            self.actor, duty, cleaned["branch"].pk if cleaned["branch"] else None
        ):
            self.add_error(None, _("You may not give this duty. The president can."))
        return cleaned


class InvitationForm(DutyForm):
    """An invitation: duty, branch, and the language of the paper."""

    not_offered = frozenset({DutyKind.RESPONDER})  # said of somebody who serves already

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=LANGUAGES,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Of the invitation and of the first pages. It can be changed later."
        ),
    )
    again = forms.ChoiceField(
        label=gettext_lazy("Has this person served here before?"),
        required=False,
        help_text=gettext_lazy(
            "Then choose their name: they come back as the same person. Conflicts of interest and "
            "undertakings go with them; no client does."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = Departure.objects.lasting().select_related("person")
        self.left = {str(each.person_id): each.person for each in left}
        named = [(pk, f"{person} · {person.reference}") for pk, person in self.left.items()]
        self.fields["again"].choices = [("", _("No, for the first time")), *named]  # type: ignore[attr-defined]
        if not self.left:
            del self.fields["again"]

    def clean(self) -> dict[str, Any]:
        """Whoever comes back has served in the branch; others the president invites."""
        cleaned = super().clean()
        again = cleaned["again"] = self.left.get(cleaned.get("again") or "")
        there = again and again.duties.filter(branch=cleaned["branch"]).exists()
        if again and not there and not self.actor.holds("president"):
            self.add_error("again", _("This person served in another branch. Ask the president."))
        return cleaned


class ConfirmForm(forms.Form):
    """How one came to know that somebody is a human being, and which."""

    way = forms.ChoiceField(
        label=gettext_lazy("How do you know this person?"),
        choices=Way,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether you have met them or rung them.")},
    )


def tomorrow() -> date:
    """The earliest last day of a duty."""
    return timezone.localdate() + timedelta(days=1)


class AppointmentForm(DutyForm):
    """A duty for somebody who serves already."""

    until = DateField3(
        label=gettext_lazy("Last day"),
        required=False,
        min_value=tomorrow,
        help_text=gettext_lazy("For standing in, in August for example. Leave it empty otherwise."),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        """The table of duties, said in words before the database says it."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        live = list(self.person.duties.live())
        branch = cleaned["branch"].pk if cleaned["branch"] else None
        if any(held.kind == cleaned["duty"] and held.branch_id == branch for held in live):
            self.add_error(None, _("This person has this duty already."))
        elif rule := clash({held.kind for held in live}, cleaned["duty"]):
            self.add_error(None, clash_message(rule.first, rule.second, reason(rule)))
        return cleaned


def clash_message(first: str, second: str, why: str) -> str:
    """Why the two do not go together, and what to do."""
    return _(
        "One person may not hold these two duties together: %(first)s, %(second)s. %(why)s "
        "End the other duty first, or choose somebody else."
    ) % {"first": DutyKind(first).label, "second": DutyKind(second).label, "why": why}
