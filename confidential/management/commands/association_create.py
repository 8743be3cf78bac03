"""Set up an association in an empty database, and print the codes with which its first people join."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import URLValidator

from volunteers.actions import founding, joining
from volunteers.models import DutyKind

FIRST = (DutyKind.PRESIDENT, DutyKind.ADMINISTRATOR)


class Command(BaseCommand):
    """Run once, as the role ``app``, after ``migrate``."""

    help = "Set up the association and its branches, and invite its president and administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the association is called, and its branches."""
        parser.add_argument("--name", required=True, help="name of the association")
        parser.add_argument(
            "--portal-name",
            default="Mon espace",
            help="neutral name of the clients' pages in French; says nothing about illness",
        )
        parser.add_argument(
            "--portal-name-en", default="My space", help="the same on pages in English"
        )
        parser.add_argument(
            "--quick-exit-url",
            default="https://www.meteofrance.com/",
            help="harmless site to which 'Leave quickly' leads",
        )
        parser.add_argument(
            "--branch",
            action="append",
            required=True,
            metavar="CODE=NAME",
            help="a branch; repeat it for each",
        )
        parser.add_argument("--language", choices=["en", "fr"], default="fr")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found, invite, and say what to do next."""
        branches = read_branches(options["branch"])
        try:
            URLValidator(schemes=["https"])(options["quick_exit_url"])
        except ValidationError as error:
            raise CommandError("--quick-exit-url must be an address with https://.") from error
        try:
            founding.found(
                name=options["name"],
                portal_names={"fr": options["portal_name"], "en": options["portal_name_en"]},
                quick_exit_url=options["quick_exit_url"],
                branches=branches,
            )
        except founding.AlreadyFounded as error:
            raise CommandError(
                "This database serves an association already. Nothing was changed. "
                "The administrator adds branches on the page 'Branches'."
            ) from error
        self.stdout.write(f"{options['name']}: founded with {len(branches)} branches.\n\n")
        for duty in FIRST:
            actor = joining.command_actor(uuid4(), "founding", minutes=5)
            _, code = joining.invite(by=actor, duty=duty, branch=None, language=options["language"])
            self.stdout.write(f"{duty.value:<15}{code}")
        self.stdout.write(
            f"\nEach code works once, for {joining.INVITATION_DAYS} days, on the page /join/. "
            "It is shown only here.\nThe president joins first, adopts the code of confidentiality, and says "
            "on the page 'The association' how it is reached. Then the two confirm one another on their "
            "first page: whom the president invites to an "
            "office is confirmed by the administrator, or by somebody who has been."
        )


def read_branches(given: list[str]) -> dict[str, str]:
    """``CODE=NAME`` pairs as code: name. Raises CommandError with what is wrong."""
    branches: dict[str, str] = {}
    for pair in given:
        code, sign, name = (part.strip() for part in pair.partition("="))
        if not (code and sign and name):
            raise CommandError(f"--branch needs CODE=NAME, for example LYON=Lyon; got {pair!r}.")
        if len(code) > 12 or len(name) > 80:
            raise CommandError(f"{pair!r}: a code has 12 letters at most, a name 80.")
        if code.upper() in branches:
            raise CommandError(f"The code {code.upper()} is given twice.")
        branches[code.upper()] = name
    return branches
