"""Lays the tables of the three libraries, one user and one record: `python -m benchmarks.rivals.lay`."""

import django
from django.core.management import call_command


def main() -> None:
    """Once, before measuring."""
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from django.contrib.auth.models import User

    from benchmarks.rivals.models import Record

    User.objects.create(username="somebody")
    Record.objects.create(name="somebody")


if __name__ == "__main__":
    main()
