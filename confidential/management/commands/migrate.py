"""``manage.py migrate``: Django's, and then the walls."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from confidential import walls
from vault.roles import refuse_older_roles


class Command(Migrate):
    """Bring the tables to this version, then functions, policies, triggers and grants."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; lay the walls, unless asked for a part only or for a list of what would be done."""
        part = options["app_label"] or options["plan"] or options["check_unapplied"]
        connection = connections[options["database"]]
        if not part:
            refuse_older_roles(connection)
        super().handle(*args, **options)
        if part:
            return
        laid = walls.lay(connection)
        if laid and options["verbosity"]:
            self.stdout.write("Laid functions, policies, triggers and grants.")
