"""People who serve: accounts, duties, the code of confidentiality, sign-in."""

from volunteers.models.accounts import Kind, Session, User
from volunteers.models.association import Association, Branch, PrivacyNotice
from volunteers.models.departures import Departure, Haste, How, Reminder, TalkRequest
from volunteers.models.invitations import Invitation, LetIn, LettingIn, Meeting, Way
from volunteers.models.own_data import (
    PersonRequest,
    PersonRequestKind,
    PersonRequestState,
    PersonRequestWords,
)
from volunteers.models.people import (
    Duty,
    DutyKind,
    DutyRule,
    Person,
    PersonDetails,
)
from volunteers.models.policy import PolicyText, PolicyVersion, Undertaking
from volunteers.models.second_factors import Factor, SecondFactor

__all__ = [
    "Association",
    "Branch",
    "Departure",
    "Duty",
    "DutyKind",
    "DutyRule",
    "Factor",
    "Haste",
    "How",
    "Invitation",
    "Kind",
    "LetIn",
    "LettingIn",
    "Meeting",
    "Person",
    "PersonDetails",
    "PersonRequest",
    "PersonRequestKind",
    "PersonRequestState",
    "PersonRequestWords",
    "PolicyText",
    "PolicyVersion",
    "PrivacyNotice",
    "Reminder",
    "SecondFactor",
    "Session",
    "TalkRequest",
    "Undertaking",
    "User",
    "Way",
]
