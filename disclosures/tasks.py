"""Jobs of disclosures. Run by ``manage.py procrastinate worker``, as the database role worker."""

from __future__ import annotations

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app


@app.periodic(cron="10 * * * *")
@app.task(name="disclosures.end_old_drafts", queueing_lock="end_old_drafts", pass_context=False)
def end_old_drafts(timestamp: int) -> None:
    """Once an hour: end the drafts that nobody sent. Each end is an event."""
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.end_old_drafts()")
