"""Enquiries, client records, explanations, contacts, and the grants that open them."""

from clients.models.contacts import Attachment, Channel, Contact, ContactNote, Draft
from clients.models.explanations import Answer, Enquiry, Explanation, ExplanationWords
from clients.models.grants import (
    Basis,
    ClientGroupPermission,
    ClientPermission,
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

__all__ = [
    "Answer",
    "Attachment",
    "Background",
    "Basis",
    "Channel",
    "Client",
    "ClientGroupPermission",
    "ClientPermission",
    "Contact",
    "ContactNote",
    "Draft",
    "Enquiry",
    "Explanation",
    "ExplanationWords",
    "Fingerprint",
    "Grant",
    "Identity",
    "PortalAccess",
    "ReadingReason",
    "Revision",
    "SafeContact",
    "Scope",
]
