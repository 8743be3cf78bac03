"""When: which state a disclosure may go to, by which act, and by whom. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosures.models import DRAFT_LASTS, State
from volunteers.workflow import START, Step, Workflow


class Who(models.TextChoices):
    """Who takes a step."""

    REQUESTER = "requester", _("whoever asks for it")
    ANOTHER_COORDINATOR = "another", _("another coordinator of the branch")
    COORDINATOR = "coordinator", _("a coordinator of the branch")
    EITHER = "either", _("whoever asked, or a coordinator of the branch")
    RECIPIENT = "recipient", _("the recipient")
    HAS_CLIENT = (
        "has_client",
        _("the client, whoever has the client, or a coordinator of the branch"),
    )


class Action(models.TextChoices):
    """What somebody does with a disclosure."""

    DRAFT = "draft", _("Prepare")
    EDIT = "edit", _("Prepare")
    ASK = "ask", _("Send for a decision")
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", _("Refuse")
    RELEASE = "release", _("Release")
    RECEIVE = "receive", _("Open the document")
    CANCEL = "cancel", _("Cancel")
    TAKE_BACK = "take_back", _("Take back the yes")
    RECALL = "recall", _("Recall")


DISCLOSURE = Workflow(
    "Disclosures",
    (
        Step(START, Action.DRAFT, State.DRAFT, Who.REQUESTER),
        Step(State.DRAFT, Action.EDIT, State.DRAFT, Who.REQUESTER),
        Step(State.DRAFT, Action.ASK, State.ASKED, Who.REQUESTER),
        Step(State.DRAFT, Action.CANCEL, State.CANCELLED, Who.EITHER),
        Step(State.ASKED, Action.APPROVE, State.APPROVED, Who.ANOTHER_COORDINATOR, fresh=True),
        Step(State.ASKED, Action.REFUSE, State.REFUSED, Who.ANOTHER_COORDINATOR, fresh=True),
        Step(State.ASKED, Action.CANCEL, State.CANCELLED, Who.EITHER),
        Step(State.APPROVED, Action.RELEASE, State.RELEASED, Who.COORDINATOR, fresh=True),
        Step(State.APPROVED, Action.CANCEL, State.CANCELLED, Who.EITHER),
        Step(State.ASKED, Action.TAKE_BACK, State.STOPPED, Who.HAS_CLIENT),
        Step(State.APPROVED, Action.TAKE_BACK, State.STOPPED, Who.HAS_CLIENT),
        Step(State.STOPPED, Action.APPROVE, State.APPROVED, Who.ANOTHER_COORDINATOR, fresh=True),
        Step(State.STOPPED, Action.REFUSE, State.REFUSED, Who.ANOTHER_COORDINATOR, fresh=True),
        Step(State.STOPPED, Action.CANCEL, State.CANCELLED, Who.EITHER),
        Step(State.RELEASED, Action.TAKE_BACK, State.RECALLED, Who.HAS_CLIENT),
        Step(State.RELEASED, Action.RECALL, State.RECALLED, Who.EITHER),
        Step(State.RELEASED, Action.RECEIVE, State.RECEIVED, Who.RECIPIENT),
    ),
    f"A draft that nobody sends is cancelled by itself after {DRAFT_LASTS.days} days. A yes can be taken "
    "back where there was one; a draft then asks for the client's word again. What was stopped is approved "
    "in spite of it where a law, a court or the wider public interest asks for it, or once the client "
    "agrees again.",
)
