"""When: a question to a colleague, from asking to its end. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from volunteers.workflow import START, Step, Workflow

RUNNING, OVER = "running", "over"


class Who(models.TextChoices):
    """Who takes a step."""

    READER = "reader", "whoever may read the client's notes"
    EITHER = "either", "whoever asked, and the colleague"
    ANY = "any", "whoever asked, the colleague, and coordinators of the branch"


class Action(models.TextChoices):
    """What somebody does with a consultation."""

    ASK = "ask"
    ANSWER = "answer"
    END = "end"


CONSULTATION = Workflow(
    "Consultations",
    (
        Step(START, Action.ASK, RUNNING, Who.READER),
        Step(RUNNING, Action.ANSWER, RUNNING, Who.EITHER),
        Step(RUNNING, Action.END, OVER, Who.ANY),
    ),
    "It ends by itself on its day, and with the asker's own right to read.",
)
