"""Application configuration."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Information that leaves, exceptionally: request, decision, release, receipt."""

    name = "disclosures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the home page what waits for a coordinator."""
        from clients.home import register
        from disclosures.home import waiting_decisions

        register(waiting_decisions)
