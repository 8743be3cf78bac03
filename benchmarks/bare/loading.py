"""Lays the tables of a plain side, fills them with the described rows, and signs people in.

`python -m benchmarks.bare.loading` with the side's settings; prints cookies by user name in JSON."""

from __future__ import annotations

import json
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command


def fill() -> dict[str, str]:
    """Everything that plain.json describes; returns the cookie of each person who can sign in."""
    from django.contrib.auth.models import User

    from benchmarks.bare import models

    for row in settings.PLAIN["branches"]:
        models.Branch.objects.create(**row)
    cookies = {}
    for row in settings.PLAIN["people"]:
        user = User.objects.create_user(
            row["username"], first_name=row["working_name"], last_name=row["role"]
        )
        models.Person.objects.create(
            id=row["id"], user=user, working_name=row["working_name"], branch_id=row["branch"]
        )
        cookies[row["username"]] = cookie(user)
    for name in ("Client", "Assignment", "Contact", "Explanation"):
        model = getattr(models, name)
        model.objects.bulk_create(model(**row) for row in settings.PLAIN["rows"][name])
    return cookies


def cookie(user: object) -> str:
    """A session of Django's own, signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    print(json.dumps(fill()))
