"""Fills the tables of the usual side; volunteers get guardian's permission on each of their clients."""

from __future__ import annotations

import json

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from guardian.shortcuts import assign_perm

    from benchmarks.bare.loading import fill
    from benchmarks.bare.models import Assignment

    cookies = fill()
    for given in Assignment.objects.select_related("person__user", "client"):
        if given.person.user:
            assign_perm("bare.view_client", given.person.user, given.client)
    print(json.dumps(cookies))
