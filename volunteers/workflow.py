"""What has states has one table of steps: from where, by which act, to where, by whom, how freshly signed in.

`docs/states.md` is made from these tables, and the pages of disclosures. The database enforces the same, and
`tests/test_workflows.py` compares the two: every state, act and person, fresh and not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

START = "–"


@dataclass(frozen=True)
class Step:
    """One line of a table. ``fresh``: after proving again who one is; ``before`` a thing: START."""

    before: str
    action: models.TextChoices
    after: str
    who: models.TextChoices
    fresh: bool = False


@dataclass(frozen=True)
class Workflow:
    """The table of one kind of thing, under its name; ``note``: what no line can say."""

    name: str
    steps: tuple[Step, ...]
    note: str = ""

    def following(self, state: str) -> tuple[Step, ...]:
        """What may happen in this state."""
        return tuple(step for step in self.steps if step.before == state)

    def find(self, state: str, action: models.TextChoices) -> Step | None:
        """The step that this act is in this state, if it is one."""
        return next((step for step in self.following(state) if step.action == action), None)

    def states(self) -> list[str]:
        """All states, in the order in which they first stand in the table, without START."""
        named = (state for step in self.steps for state in (step.before, step.after))
        return [state for state in dict.fromkeys(named) if state != START]


def page(workflows: Iterable[Workflow]) -> str:
    """The tables as a page for the documents: each a picture (mermaid) and the same in words."""
    lines = [
        "# States",
        "",
        "Written from the `workflow.py` of each room; a test compares this page with them, and",
    ]
    lines += ["them with what the database allows.", ""]
    for workflow in workflows:
        lines += [f"## {workflow.name}", "", *_picture(workflow), "", *_table(workflow), ""]
        lines += [workflow.note, ""] if workflow.note else []
    return "\n".join(lines).rstrip() + "\n"


def _picture(workflow: Workflow) -> list[str]:
    def named(state: str) -> str:
        return "[*]" if state == START else state

    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {named(s.before)} --> {named(s.after)}: {s.action}" for s in workflow.steps]
    ends = [state for state in workflow.states() if not workflow.following(state)]
    return [*lines, *(f"    {state} --> [*]" for state in ends), "```"]


def _table(workflow: Workflow) -> list[str]:
    lines = [
        "| state | act | next state | who | proves again who they are |",
        "|---|---|---|---|---|",
    ]
    return lines + [
        f"| {s.before} | {s.action} | {s.after} | {s.who.label} | {'yes' if s.fresh else 'no'} |"
        for s in workflow.steps
    ]
