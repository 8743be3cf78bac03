"""Jobs of the log. Sealing is no job: a process of its own does it (``manage.py audit_seal``)."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from audit import keeping


@app.periodic(cron="20 3 * * *")
@app.task(name="audit.remove_expired", queueing_lock="audit_remove_expired", pass_context=False)
def remove_expired(timestamp: int) -> None:
    """Once a night: remove events whose time is over. The removal is an event itself."""
    close_old_connections()
    keeping.remove_expired()
