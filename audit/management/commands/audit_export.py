"""Write the log as files, or one client's file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.exporting import export, file_by_reference
from audit.keys import NotReadable
from audit.proofs import NotSealed


class Command(BaseCommand):
    """``manage.py audit_export DIR`` and ``audit_export --client REFERENCE``."""

    help = "Write the log for whoever wants to check it; or, to the terminal, one client's file."

    def add_arguments(self, parser: CommandParser) -> None:
        """DIR or --client."""
        parser.add_argument("folder", nargs="?", type=Path, help="where the log is written to")
        parser.add_argument(
            "--client", help="the reference of a client: print the client's own file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one or the other."""
        folder, client = options["folder"], options["client"]
        if (folder is None) == (client is None):
            raise CommandError("Give a folder, or --client and a reference.")
        try:
            if client:
                self.stdout.write(
                    json.dumps(file_by_reference(client), ensure_ascii=False, indent=1)
                )
            else:
                self.stdout.write(f"{export(folder)} leaves written to {folder}.")
        except NotReadable as error:
            raise CommandError(str(error)) from error
        except LookupError as error:
            raise CommandError(
                str(error) if isinstance(error, NotSealed) else "No client has this reference."
            ) from error
