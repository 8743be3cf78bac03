"""Jobs of disclosures. Run by ``manage.py procrastinate worker``, as the database role worker."""

from __future__ import annotations

from django.conf import settings
from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from vault import files


@app.periodic(cron="10 * * * *")
@app.task(name="disclosures.end_old_drafts", queueing_lock="end_old_drafts", pass_context=False)
def end_old_drafts(timestamp: int) -> None:
    """Once an hour: end the drafts that nobody sent. Each end is an event."""
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.end_old_drafts()")


@app.periodic(cron="*/5 * * * *")
@app.task(name="disclosures.sweep", queueing_lock="sweep_deliveries", pass_context=False)
def sweep(timestamp: int) -> None:
    """Remove packages that nobody can fetch any more: first the file, then what opens it."""
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, file FROM sec.deliveries_over()")
        for delivery, file in cursor.fetchall():
            files.remove(settings.FILES_ROOT, file)
            cursor.execute("SELECT sec.delivery_swept(%s)", [delivery])
