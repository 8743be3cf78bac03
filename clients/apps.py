"""Application configuration."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Enquiries, client records, explanations, contacts and who may see them."""

    name = "clients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the home page what colleagues ask, what emergencies ask for, and what is there for few."""
        from clients import asking_home, home_emergencies, sections_guarded
        from clients.home import register

        for section in (
            asking_home.colleague_asks,
            asking_home.my_questions,
            asking_home.talks_asked_of_me,
            asking_home.need_to_talk,
            home_emergencies.my_emergencies,
            home_emergencies.reviews,
            sections_guarded.complaints_waiting,
            sections_guarded.protected_named,
            sections_guarded.portals_to_confirm,
        ):
            register(section)
