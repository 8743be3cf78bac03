"""When: which state a disclosure may go to, by which act, and by whom. One table.

Views, templates and the diagram in docs/disclosure-states.md read it; a trigger enforces the same,
and a test compares the two for every pair of states.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosures.models import DRAFT_LASTS, State


class Who(models.TextChoices):
    """Who takes a step."""

    REQUESTER = "requester", _("whoever asks for it")
    ANOTHER_COORDINATOR = "another", _("another coordinator of the branch")
    COORDINATOR = "coordinator", _("a coordinator of the branch")
    EITHER = "either", _("whoever asked, or a coordinator of the branch")
    RECIPIENT = "recipient", _("the recipient")


class Action(models.TextChoices):
    """What somebody does with a disclosure."""

    EDIT = "edit", _("Prepare")
    ASK = "ask", _("Send for a decision")
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", _("Refuse")
    RELEASE = "release", _("Release")
    RECEIVE = "receive", _("Open the document")
    CANCEL = "cancel", _("Cancel")


@dataclass(frozen=True)
class Transition:
    """One line of the table. ``fresh``: after proving again who one is."""

    before: State
    action: Action
    after: State
    who: Who
    fresh: bool = False


TRANSITIONS = (
    Transition(State.DRAFT, Action.EDIT, State.DRAFT, Who.REQUESTER),
    Transition(State.DRAFT, Action.ASK, State.ASKED, Who.REQUESTER),
    Transition(State.DRAFT, Action.CANCEL, State.CANCELLED, Who.EITHER),
    Transition(State.ASKED, Action.APPROVE, State.APPROVED, Who.ANOTHER_COORDINATOR, fresh=True),
    Transition(State.ASKED, Action.REFUSE, State.REFUSED, Who.ANOTHER_COORDINATOR, fresh=True),
    Transition(State.ASKED, Action.CANCEL, State.CANCELLED, Who.EITHER),
    Transition(State.APPROVED, Action.RELEASE, State.RELEASED, Who.COORDINATOR, fresh=True),
    Transition(State.APPROVED, Action.CANCEL, State.CANCELLED, Who.EITHER),
    Transition(State.RELEASED, Action.RECEIVE, State.RECEIVED, Who.RECIPIENT),
)


def following(state: str) -> tuple[Transition, ...]:
    """What may happen in this state."""
    return tuple(step for step in TRANSITIONS if step.before == state)


def find(state: str, action: Action) -> Transition | None:
    """The step that this act is in this state, if it is one."""
    return next((step for step in following(state) if step.action == action), None)


def diagram() -> str:
    """The table as a page for the documents: a picture (mermaid) and the same in words."""
    lines = ["# The states of a disclosure", "", "Written from `disclosures/workflow.py`; a test"]
    lines += ["compares this page with it, and the table with what the database allows.", ""]
    lines += ["```mermaid", "stateDiagram-v2", "    [*] --> draft"]
    lines += [f"    {s.before} --> {s.after}: {s.action}" for s in TRANSITIONS]
    ends = [state for state in State if not following(state)]
    lines += [f"    {state} --> [*]" for state in ends] + ["```", ""]
    lines += [
        "| state | act | next state | who | proves again who they are |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {s.before} | {s.action} | {s.after} | {s.who.label} | {'yes' if s.fresh else 'no'} |"
        for s in TRANSITIONS
    ]
    lines += [
        "",
        f"A draft that nobody sends is cancelled by itself after {DRAFT_LASTS.days} days.",
    ]
    return "\n".join(lines) + "\n"
