"""Jobs about signing in. Run by the worker; they name nobody."""

from __future__ import annotations

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app


@app.periodic(cron="40 * * * *")
@app.task(name="volunteers.clear_expired", queueing_lock="clear_expired", pass_context=False)
def clear_expired(timestamp: int) -> None:
    """Once an hour: sessions and principals that are over go, and wrong tries that count no more."""
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.clear_expired()")
