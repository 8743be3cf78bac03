"""Write down whom the board appointed, where nobody inside can: a president died, or cannot be reached."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, ProgrammingError

from volunteers.actions import duties
from volunteers.models import Duty, DutyKind, User
from volunteers.models.accounts import Kind, normalise_username

OFFICES = (DutyKind.PRESIDENT.value, DutyKind.PROTECTION.value)
LONGEST: int = Duty._meta.get_field("minute").max_length or 0


class Command(BaseCommand):
    """Run as the role ``app``, by the administrator, with the board's minute at hand."""

    help = (
        "Appoint the president or the data-protection lead by a minute of the board; whoever held the "
        "office holds it no longer. Everybody sees it on the first page for 30 days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which office, who, and the minute."""
        parser.add_argument("office", choices=OFFICES)
        parser.add_argument("username", help="user name of somebody who serves already")
        parser.add_argument(
            "--minuted-on",
            required=True,
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day of the board's minute",
        )
        parser.add_argument("--minute", required=True, help="how the minute is filed; no names")
        parser.add_argument(
            "--end-other-duties",
            action="store_true",
            help="also end duties of this person that do not go with the office",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint, and say what ended."""
        name, office = normalise_username(options["username"]), options["office"]
        if len(options["minute"]) > LONGEST:
            raise CommandError(f"How the minute is filed takes {LONGEST} letters at most.")
        try:
            user = User.objects.get(username=name, kind=Kind.PERSON, is_active=True)
            duties.appoint_by_minute(
                person=user.pk,
                office=office,
                minuted_on=options["minuted_on"],
                minute=options["minute"],
                end_others=options["end_other_duties"],
            )
        except User.DoesNotExist as error:
            raise CommandError("Nobody who serves has this user name.") from error
        except IntegrityError as error:
            raise CommandError(
                "This person holds a duty that does not go with the office. Nothing was changed. With "
                "--end-other-duties it ends."
            ) from error
        except ProgrammingError as error:
            raise CommandError(
                "The database refuses it: the minute has a day that has come and a reference, and the "
                "person still serves."
            ) from error
        self.stdout.write(
            f"Done: {office}. Whoever held the office before holds it no longer. It is in the log, and "
            "on everybody's first page for 30 days."
        )
