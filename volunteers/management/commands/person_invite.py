"""Let somebody into a duty from the server, when nobody is there who could do it in the application."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from volunteers.actions import joining
from volunteers.models import Branch, DutyKind
from volunteers.models.people import OF_A_BRANCH


class Command(BaseCommand):
    """Run as the role ``app``, by the administrator, after the board has decided it."""

    help = (
        "Print a code with which somebody joins: after a president has died, or when nobody is there who "
        "could confirm new colleagues. The log names no person who did it, only that it was done here."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which duty, and in which branch."""
        parser.add_argument("duty", choices=[*DutyKind.values])
        parser.add_argument("--branch", metavar="CODE", help="for a duty of a branch")
        parser.add_argument("--language", choices=["en", "fr"], default="fr")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code, once."""
        duty, code = options["duty"], (options["branch"] or "").upper()
        if (duty in OF_A_BRANCH) != bool(code):
            raise CommandError("A duty of a branch needs --branch; another has none.")
        with joining.command_actor(uuid4(), "invitation", minutes=5).transaction() as actor:
            branch = Branch.objects.filter(code=code).first()
        if code and branch is None:
            raise CommandError(f"There is no branch {code}.")
        _, printed = joining.invite(
            by=actor, duty=duty, branch=branch.pk if branch else None, language=options["language"]
        )
        self.stdout.write(f"{duty:<15}{printed}")
        self.stdout.write(
            f"The code works once, for {joining.INVITATION_DAYS} days, on the page /join/. It is shown "
            "only here. Hand it to the person themself."
        )
