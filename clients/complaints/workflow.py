"""When: a complaint, from taking it down to the answer. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from clients.models import ComplaintState
from volunteers.workflow import START, Step, Workflow

OPEN, ANSWERED = ComplaintState.OPEN, ComplaintState.ANSWERED


class Who(models.TextChoices):
    """Who takes a step."""

    RECORD = "record", "the client, whoever sees the record, and the data-protection lead"
    HEARER = "hearer", "whoever hears it (`sec.may_hear`)"
    OFFICE = "office", "the president or the data-protection lead"


class Action(models.TextChoices):
    """What somebody does with a complaint."""

    TAKE_DOWN = "take down"
    NOTE = "note"
    COUNT = "say that it is the client's"
    CLEAR = "say whom it is not about"
    HAND = "hand over"
    ANSWER = "answer"


COMPLAINT = Workflow(
    "Complaints",
    (
        Step(START, Action.TAKE_DOWN, OPEN, Who.RECORD),
        Step(OPEN, Action.NOTE, OPEN, Who.HEARER),
        Step(OPEN, Action.COUNT, OPEN, Who.HEARER, fresh=True),
        Step(OPEN, Action.CLEAR, OPEN, Who.OFFICE, fresh=True),
        Step(OPEN, Action.HAND, OPEN, Who.HEARER, fresh=True),
        Step(OPEN, Action.ANSWER, ANSWERED, Who.HEARER, fresh=True),
        Step(ANSWERED, Action.NOTE, ANSWERED, Who.HEARER),
    ),
    "Once it is handed over, whoever it was handed to answers it, and nobody else.",
)
