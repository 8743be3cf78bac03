"""Print how to reach the running database as one of its roles."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from confidential import environment
from confidential.embedded import Embedded
from vault.roles import BY_SHORT_NAME


class Command(BaseCommand):
    """``manage.py database_url --role app`` prints one line that psql and pg_dump understand."""

    help = "Print how to reach the running database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The role."""
        parser.add_argument("--role", choices=sorted(BY_SHORT_NAME), required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it, or say what to do first."""
        role = options["role"]
        if not environment.is_demonstration():
            hint = f"Give the address of the database for the role {role}."
            self.stdout.write(environment.required(f"DATABASE_URL_{role.upper()}", hint))
            return
        server = Embedded(environment.var_folder())
        if not server.probe():
            raise CommandError("The embedded database does not run. Start it with `make demo`.")
        self.stdout.write(
            f"postgresql://{BY_SHORT_NAME[role]}@/{environment.DATABASE}?host={server.socket}"
        )
