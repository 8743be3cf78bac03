"""When: what a client says about a note, from saying it to the answer. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from clients.models import StatementState
from volunteers.workflow import START, Step, Workflow

OPEN, ACCEPTED = StatementState.OPEN, StatementState.ACCEPTED
REFUSED, WITHDRAWN = StatementState.REFUSED, StatementState.WITHDRAWN


class Who(models.TextChoices):
    """Who takes a step."""

    CLIENT = "client", "the client; for them, a coordinator of the branch or whoever has the client"
    CORRECTOR = (
        "corrector",
        "whoever reads the note, and wrote it and still has the client, or coordinates the branch",
    )
    JUDGE = "judge", "a coordinator who reads the note, and is not tied to whoever wrote it"
    OWN = "own", "the client in their space"


class Action(models.TextChoices):
    """What somebody does with a statement."""

    SAY = "say"
    ACCEPT = "accept", "answer: the note was corrected"
    REFUSE = "refuse", "answer: the note was left"
    WITHDRAW = "withdraw", "take back"


STATEMENT = Workflow(
    "What a client says about a note",
    (
        Step(START, Action.SAY, OPEN, Who.CLIENT),
        Step(OPEN, Action.ACCEPT, ACCEPTED, Who.CORRECTOR),
        Step(OPEN, Action.REFUSE, REFUSED, Who.JUDGE),
        *(Step(state, Action.WITHDRAW, WITHDRAWN, Who.OWN) for state in (OPEN, REFUSED)),
    ),
    "Corrected is said only where the words were corrected since. Where there is no other coordinator,"
    " whoever is tied to the author answers too. With a contact that is moved to the right record what waits"
    " about it is answered by the removal.",
)
