"""Application configuration."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Information that leaves, exceptionally: request, decision, release, receipt."""

    name = "disclosures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the home page what waits, and a client's pages who outside knows and what is under way."""
        from clients.access import home
        from clients.handover import moving
        from clients.who_may_know import page as who
        from disclosures.home import recipients_to_tell, waiting_decisions
        from disclosures.who import passed_on, unfinished

        home.register(waiting_decisions)
        home.register(recipients_to_tell)
        who.register(passed_on)
        moving.register(unfinished)
