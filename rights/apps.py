"""Application configuration."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """What clients ask for: access, correction, deletion, and their exports."""

    name = "rights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Add what waits to the home page."""
        from clients.access.home import register
        from clients.records.actions.agreements import when_no
        from rights.prepared.home import waiting_copies
        from rights.requests.home import waiting_requests
        from rights.requests.when_no import ask_for_deletion

        register(waiting_requests)
        register(waiting_copies)
        from rights.requests.home import due_requests, waiting_requests

        register(waiting_requests)
        register(due_requests)
        when_no(ask_for_deletion)
