"""Jobs: making an export, removing those whose time is over, taking up what a killed worker left.

Run by ``manage.py procrastinate worker``, as the database role worker. Arguments are ids only."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import ProgrammingError, close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status
from psycopg.errors import InsufficientPrivilege

from rights.erasure import carrying_out
from rights.export import actions
from rights.export.archive import Lost, produce
from rights.retention import actions as retention
from vault import files

log = logging.getLogger("rights")
MOST_ATTEMPTS = 3
NOTHING_WAITS = "no export waits under this id"
AGAIN = RetryStrategy(max_attempts=MOST_ATTEMPTS, linear_wait=5)


@app.task(name="rights.make_export", retry=AGAIN)
def make_export(export_id: str) -> None:
    """Make one export. A second job for it finds nothing that waits, and does nothing.

    What goes wrong is told to the client; if even that fails (no database), the job comes again.
    """
    close_old_connections()
    export = UUID(export_id)
    try:
        token = actions.begin_export(export)
    except ProgrammingError as error:
        if not _nothing_waits(error):
            raise
        return
    if token is None:
        actions.fail_export(export)
        return
    try:
        produce(export, token)
    except Lost:
        log.warning("An export was made by another job meanwhile.")
    except Exception as error:
        log.exception("An export failed.", exc_info=error)
        actions.fail_export(export)


@app.periodic(cron="*/15 * * * *")
@app.task(name="rights.remove_exports", queueing_lock="remove_exports", pass_context=False)
def remove_exports(timestamp: int) -> None:
    """Remove the files of exports whose time is over: first the file, then its mention."""
    close_old_connections()
    for export, file in actions.exports_over():
        files.remove(settings.FILES_ROOT, file)
        actions.export_gone(export)


@app.periodic(cron="50 3 * * *")
@app.task(name="rights.retention", queueing_lock="retention", pass_context=False)
def remove_what_is_over(timestamp: int) -> None:
    """Once a night: what is over and nobody has to look at goes. A client's record never."""
    close_old_connections()
    gone = retention.sweep(lambda kind, number: None)
    if any(gone.values()):
        log.info("Removed what was over: %s", gone)


@app.periodic(cron="* * * * *")
@app.task(name="rights.carry_out_erasures", queueing_lock="carry_out_erasures", pass_context=False)
def carry_out_erasures(timestamp: int) -> None:
    """Go on with what was decided. Each minute: a step may have waited for the sealer."""
    close_old_connections()
    carrying_out.carry_out_all()


@app.periodic(cron="* * * * *")
@app.task(name="rights.retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Run again what a killed worker left; what killed a worker several times is given up."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.attempts < MOST_ATTEMPTS:
            await manager.retry_job(job)
            continue
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        await _give_up(job.task_name, job.task_kwargs)


async def _give_up(task: str, arguments: dict[str, Any]) -> None:
    from asgiref.sync import sync_to_async

    if task == "rights.make_export":
        await sync_to_async(actions.fail_export)(UUID(arguments["export_id"]))


def _nothing_waits(error: ProgrammingError) -> bool:
    cause = error.__cause__
    return isinstance(cause, InsufficientPrivilege) and cause.diag.message_primary == NOTHING_WAITS
