"""Let somebody who serves in again, after a forgotten password or a lost telephone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from volunteers.actions import signing_in
from volunteers.models import User


class Command(BaseCommand):
    """Run as the role ``app``, by the administrator, after making sure who asks."""

    help = (
        "Give a new first password to somebody who serves; ends their sessions and second factors."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose account."""
        parser.add_argument("username", help="user name of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the new first password, once."""
        try:
            code = signing_in.recover(options["username"])
        except User.DoesNotExist as error:
            raise CommandError("Nobody who serves has this user name.") from error
        self.stdout.write(f"New first password: {code}")
        self.stdout.write(
            "It works once: at the next sign-in a password of one's own is asked for. All devices "
            "are signed out, and a second factor is set up anew."
        )
