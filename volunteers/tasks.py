"""Jobs about signing in. Run by the worker; they name nobody."""

from __future__ import annotations

from datetime import timedelta

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

# How long codes and links that ran out stay, and wrong tries; the database says the same (expired.sql).
EXPIRED_KEPT = timedelta(days=30)
TRIES_KEPT = timedelta(hours=1)


@app.periodic(cron="40 * * * *")
@app.task(name="volunteers.clear_expired", queueing_lock="clear_expired", pass_context=False)
def clear_expired(timestamp: int) -> None:
    """Once an hour: sessions and principals that are over go, and wrong tries that count no more."""
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.clear_expired()")
