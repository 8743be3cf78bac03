"""Application configuration."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.utils import timezone


def holidays_last(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A warning from the beginning of the last year whose public holidays the program knows."""
    from rights.requests.deadlines import last_year

    last = last_year()
    if timezone.localdate().year < last:
        return []
    said = f"The public holidays end with {last}. From then on, answers may be due on a holiday."
    return [checks.Warning(said, hint="Renew rights/requests/holidays.json.", id="rights.W001")]


class RightsConfig(AppConfig):
    """What clients ask for: access, correction, deletion, and their exports."""

    name = "rights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add what waits to the home page; have the ledger written by whoever seals the log."""
        from audit.after_sealing import afterwards
        from clients.access.home import register
        from clients.records.actions.agreements import when_no
        from rights.erasure.home import waiting_erasures
        from rights.erasure.ledger import write_lines
        from rights.prepared.home import waiting_copies
        from rights.requests.home import due_requests, waiting_requests
        from rights.requests.when_no import ask_for_deletion
        from rights.retention.home import no_schedule, records_over

        register(waiting_copies)
        register(waiting_erasures)
        register(waiting_requests)
        register(due_requests)
        register(records_over)
        register(no_schedule)
        when_no(ask_for_deletion)
        afterwards(write_lines)
        checks.register(holidays_last)
