"""Writes docs/retention.md from the schedule. ``make retention``; a test compares."""

from __future__ import annotations

import os

import django

from confidential.environment import BASE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "confidential.settings")
os.environ.setdefault("CONFIDENTIAL_DEMO", "true")
PAGE = BASE / "docs" / "retention.md"
HEAD = """# How long what is kept

Written from `rights/retention/periods.json` and from the constants that it names; a test compares.

What is over is computed in the moment in which somebody asks, from what is true then (`sec.retention_of` in
`rights/sql/retention.sql`): no date and no flag is stored. A contact in which the person took part, a message
or a request of theirs, their own sign-in or the opening of a closed record begins a period anew. A legal
hold, an open request, complaint, restriction (but for a client who does not agree to a record), sharing with
a third party, emergency, request of an heir, question to a colleague or copy keeps a record meanwhile, and so
does a decision to keep it longer, for two years at most. A record is looked at by a coordinator; nothing
happens to it by itself. Before a president adopts a schedule, nothing is over.

`manage.py retention --dry-run` shows what is over, by reference; `manage.py retention` removes what needs no
review, as a job does each night. `--on DAY` with `--dry-run` shows it as of another day.
"""


def document() -> str:
    """The page."""
    from django.utils import translation

    from rights.retention import schedule

    with translation.override("en"):
        lines = [HEAD, "## What a president decides", ""]
        lines += ["| kind | counted from | months proposed | limits | then | source | how sure |"]
        lines += ["|---|---|---:|---|---|---|---|"]
        lines += [
            f"| {kind.said('what', 'en')} | {kind.said('from', 'en')} | {kind.months} |"
            f" {kind.least} to {kind.most} | {schedule.fate(kind.then)} | {kind.source} |"
            f" {schedule.certainty(kind.certainty)} |"
            for kind in schedule.kinds()
        ]
        lines += ["", "## What goes with the record", ""]
        lines += [f"- {line['what']}. {line['why']}" for line in schedule.with_record()]
        lines += ["", "## What ends by itself", ""]
        lines += [
            f"- {fixed.what}: {fixed.time} (`{fixed.constant}`)" for fixed in schedule.fixed()
        ]
        lines += [
            "",
            "The log has a schedule of its own, which the data-protection lead sets (decision 22).",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    django.setup()
    PAGE.write_text(document(), "utf-8")
