"""Printed documents: one set of plain data per template, with every optional part filled, and reading a PDF.
Names and numbers are invented."""

from datetime import UTC, date, datetime
from typing import Any

from pypdf import PdfReader

WHEN = datetime(2026, 3, 1, 13, 5, tzinfo=UTC)

EXAMPLES: dict[str, dict[str, Any]] = {
    "leaflet": {
        "association": "Les Mains Voisines",
        "branch": "Lot valley",
        "phone": "05 36 49 10 10",
        "about": "We are volunteers who support people with cancer and those close to them. It costs nothing.",
        "reach": "Ring twice.",
        "address": "3 rue Haute\n46000 Cahors",
        "hours": "Monday to Friday, 9 to 12",
        "data_protection_contact": "Rachid, 05 36 49 10 11",
        "policy_date": date(2026, 2, 19),
        "version": "2",
    },
    "request_answer": {
        "association": "Les Mains Voisines",
        "branch": "Lot valley",
        "phone": "05 36 49 10 10",
        "address": "3 rue Haute\n46000 Cahors",
        "hours": "Monday to Friday, 9 to 12",
        "data_protection_contact": "Rachid, 05 36 49 10 11",
        "to": "Odile Quercy",
        "to_address": "12 rue du Moulin\n46000 Cahors",
        "reference": "C-7KM2QX",
        "kind": "correction",
        "received_on": date(2026, 2, 19),
        "answered_on": date(2026, 3, 1),
        "asked": "My number is 9, not 7.",
        "answer": "The letter of the town says 7.\n\nWe keep your words beside it.",
        "refused": True,
    },
    "privacy_notice": {
        "association": "Les Mains Voisines",
        "sender": "Les Mains Voisines, 3 rue Haute, 46000 Cahors, 05 36 49 10 10",
        "number": 3,
        "published_on": date(2026, 2, 19),
        "text": "# What we keep\n\nA text.\n\n## Your rights\n- see\n- correct\n",
    },
    "portal_card": {
        "portal_name": "Mon carnet",
        "phone": "05 36 49 10 10",
        "site_address": "carnet.example",
        "user_name": "olive-14",
        "code": "K7QD-93MX-TT2P",
        "valid_until": date(2026, 4, 1),
    },
    "recovery_codes": {
        "site_address": "voisins.example",
        "user_name": "marie",
        "codes": [f"{number:04d}-{number * 7919 % 10000:04d}" for number in range(1, 11)],
        "made_on": date(2026, 3, 1),
    },
    "invitation": {
        "association": "Les Mains Voisines",
        "sender": "Les Mains Voisines, 3 rue Haute, 46000 Cahors, 05 36 49 10 10",
        "branch": "Lot valley",
        "site_address": "voisins.example",
        "code": "K7QD-93MX-TT2P",
        "valid_until": date(2026, 4, 1),
        "name": "Jean",
        "invited_by": "Hélène",
    },
    "exit_reminder": {
        "association": "Les Mains Voisines",
        "sender": "Les Mains Voisines, 3 rue Haute, 46000 Cahors, 05 36 49 10 10",
        "branch": "Lot valley",
        "leaver": "Marie (P-1234)",
        "left_at": WHEN,
        "signed_at": datetime(2016, 2, 20, 9, 0, tzinfo=UTC),
    },
    "correction_letter": {
        "association": "Les Mains Voisines",
        "sender": "Les Mains Voisines, 3 rue Haute, 46000 Cahors, 05 36 49 10 10",
        "branch": "Lot valley",
        "made_on": date(2026, 3, 1),
        "reference": "D-7KM2QX",
        "released_on": date(2026, 2, 1),
        "recipient": {"name": "Dr Zephyrine Aubertot", "role": "general practitioner"},
        "contact_on": date(2026, 1, 7),
        "corrected_on": date(2026, 3, 1),
        "notes": "Took the tablets at noon.",
    },
    "deletion_letter": {
        "association": "Les Mains Voisines",
        "sender": "Les Mains Voisines, 3 rue Haute, 46000 Cahors, 05 36 49 10 10",
        "branch": "Lot valley",
        "made_on": date(2026, 3, 1),
        "reference": "D-7KM2QX",
        "released_on": date(2026, 2, 1),
        "recipient": {"name": "Dr Zephyrine Aubertot", "role": "general practitioner"},
    },
    "erasure_certificate": {
        "association": "Les Mains Voisines",
        "sender": "Les Mains Voisines, 3 rue Haute, 46000 Cahors, 05 36 49 10 10",
        "branch": "Lot valley",
        "made_on": date(2026, 3, 1),
        "proposed_on": date(2026, 3, 1),
        "decided_on": date(2026, 3, 2),
        "planned_on": date(2026, 3, 15),
        "record": "8d7f6f0a-4c8b-4f6e-9a51-0f6f6f1f2a3b",
        "sha256": "0123456789abcdef" * 4,
        "stays": [{"what": "One line.", "why": "Against backups.", "until": "Without end."}],
    },
    "undertaking": {
        "association": "Les Mains Voisines",
        "sender": "Les Mains Voisines, 3 rue Haute, 46000 Cahors, 05 36 49 10 10",
        "branch": "Lot valley",
        "signer": "Marie Delmas",
        "signed_at": WHEN,
        "proof": "password and one-time code",
        "policy": {
            "version": "2",
            "adopted_on": date(2016, 2, 19),
            "adopted_by": "the president",
            "language": "fr",
            "text": "# Le code\n\nUn *texte*.\n\n## Deux\n- un\n- deux\n",
            "sha256": "0123456789abcdef" * 4,
        },
    },
    "disclosure_package": {
        "reference": "D-2026-014",
        "association": "Les Mains Voisines",
        "branch": "Lot valley",
        "branch_phone": "05 36 49 10 10",
        "branch_address": "3 rue Haute, 46000 Cahors",
        "released_at": WHEN,
        "recipient": {"name": "A. Martin", "role": "doctor", "organisation": "Cabinet du Pont"},
        "purpose": "to arrange urgent care",
        "ground": "public_interest",
        "authority": "telephone request of 28 February",
        "client": {"name": "Ann Smith", "born_on": date(1950, 5, 4), "address": "2 rue Basse"},
        "items": [
            {"date": date(2026, 1, 2), "channel": "Telephone", "notes": "First line\nSecond line"},
            {
                "date": date(2026, 1, 3),
                "channel": "Visit",
                "title": "at home",
                "notes": [{"text": "He said "}, {"struck": True}, {"text": " then left."}],
            },
        ],
    },
    "record_export": {
        "association": "Les Mains Voisines",
        "branch": "Lot valley",
        "reference": "C-88",
        "made_at": WHEN,
        "name": "Ann Smith",
        "sections": [
            {
                "title": "How we may reach you",
                "entries": [
                    {
                        "heading": [],
                        "facts": [
                            {"label": "Telephone", "value": "07700 900123"},
                            {"label": "Last checked", "value": {"at": date(2026, 3, 1)}},
                        ],
                    }
                ],
            },
            {
                "title": "Contacts",
                "texts": ["One for each call."],
                "entries": [
                    {
                        "heading": ["2 January 2026", "Telephone"],
                        "facts": [
                            {"label": "Minutes", "value": "20"},
                            {"label": "", "value": "First call.\n\nSister nearby."},
                            {
                                "label": "It read before, until 4 January 2026",
                                "value": "",
                                "earlier": True,
                            },
                            {"label": "", "value": "Frist call."},
                        ],
                    }
                ],
            },
            {"title": "Your complaints", "entries": [], "nothing": True},
            {
                "title": "Who has opened your record",
                "table": {
                    "head": ["Date", "Who", "Why"],
                    "rows": [["1 March 2026", "Volunteer", "Support"]],
                },
            },
        ],
        "annexes": [{"title": "Our code", "language": "en", "text": "# One\n\n- Keep silent."}],
    },
}


def text_of(reader: PdfReader) -> str:
    """The words of a PDF, in one line."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())
