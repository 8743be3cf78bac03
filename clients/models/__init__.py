"""Enquiries, client records, explanations, contacts, and the permissions that open them."""

from clients.models.conflicts import (
    AboutKind,
    Complaint,
    ComplaintEntry,
    ComplaintState,
    Conflict,
    ConflictReason,
    Link,
    Tie,
)
from clients.models.contacts import Attachment, Channel, Contact, ContactNote, Draft
from clients.models.emergencies import (
    Breach,
    Emergency,
    EmergencyEntry,
    EmergencyReason,
    Outcome,
)
from clients.models.explanations import Answer, Enquiry, Explanation, ExplanationWords
from clients.models.grants import (
    Basis,
    ClientGroupPermission,
    ClientPermission,
    ContactGroupPermission,
    ContactPermission,
    Grant,
    ReadingReason,
    Scope,
)
from clients.models.records import (
    Background,
    Client,
    Fingerprint,
    Identity,
    PortalAccess,
    Revision,
    SafeContact,
)
from clients.models.sharing import Consultation, ConsultationEntry, Ground, WhoMayKnow
from clients.models.visits import LoneVisit, LoneVisitPlace

__all__ = [
    "AboutKind",
    "Answer",
    "Attachment",
    "Background",
    "Basis",
    "Breach",
    "Channel",
    "Client",
    "ClientGroupPermission",
    "ClientPermission",
    "Complaint",
    "ComplaintEntry",
    "ComplaintState",
    "Conflict",
    "ConflictReason",
    "Consultation",
    "ConsultationEntry",
    "Contact",
    "ContactGroupPermission",
    "ContactNote",
    "ContactPermission",
    "Draft",
    "Emergency",
    "EmergencyEntry",
    "EmergencyReason",
    "Enquiry",
    "Explanation",
    "ExplanationWords",
    "Fingerprint",
    "Grant",
    "Ground",
    "Identity",
    "Link",
    "LoneVisit",
    "LoneVisitPlace",
    "Outcome",
    "PortalAccess",
    "ReadingReason",
    "Revision",
    "SafeContact",
    "Scope",
    "Tie",
    "WhoMayKnow",
]
