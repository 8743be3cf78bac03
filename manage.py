#!/usr/bin/env python
"""Runs a management command, as the database role that the command needs."""

import os
import sys

# The web process never holds the owner's address: a command names the role it must have.
ROLE_OF_COMMAND = {
    "migrate": "owner",
    "worker": "worker",
    "procrastinate": "worker",
    "audit_seal": "sealer",
    "audit_health": "sealer",
    "audit_verify": "verifier",
    "audit_export": "verifier",
    "retention": "worker",
    "audit_reconcile": "verifier",
    "keyring_rotate": "sealer",
    "keyring_rotate --hashes": "app",
}


def main() -> None:
    """Set the environment that the settings read, then hand over to Django."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "confidential.settings")
    role = ROLE_OF_COMMAND.get(command, "app")
    role = ROLE_OF_COMMAND.get(" ".join(sys.argv[1:3]), role)
    os.environ.setdefault("CONFIDENTIAL_ROLE", role)
    if command == "demo":
        os.environ["CONFIDENTIAL_DEMO"] = "true"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
