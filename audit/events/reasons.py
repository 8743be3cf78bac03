"""The reasons that an event can have. ``migrate`` lays them; the database lets no other word into the log.

Most come from a column or a page that says one of a few; their words stand in ``audit/wording.py``.
"""

from __future__ import annotations

NONE = ""
REASONS: frozenset[str] = frozenset(
    {
        NONE,
        # Of work on a record: the ledger's and the pages'.
        "intake",
        "support",
        "coordination",
        "handover",
        "standing_in",
        "protection",
        "complaint",
        "request",
        "review",
        "client",
        "volunteer",
        "consultation",
        "emergency",
        "danger",
        "call",
        "missed",
        "own",
        "alarm",
        "portal",
        # Of a disclosure, and of requests about one's data.
        "law",
        "public_interest",
        "correction",
        "deletion",
        "access",
        "restriction",
        "portability",
        "objection",
        "withdrawal",
        "own_record",
        # Of what is no work on one record.
        "import",
        "export",
        "retention",
        "founding",
        "setup",
        "upkeep",
        "command",
    }
)


def reasons() -> str:
    """The reasons, as the database writes a list."""
    return "{" + ",".join(f'"{reason}"' for reason in sorted(REASONS)) + "}"
