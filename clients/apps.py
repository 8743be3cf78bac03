"""Application configuration."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Enquiries, client records, explanations, contacts and who may see them."""

    name = "clients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the home page what colleagues, emergencies and offices ask for, and what is for few."""
        from clients.access.home import register
        from clients.conflicts import home as sections_guarded
        from clients.consultations import home as asking_home
        from clients.emergencies import home as home_emergencies
        from clients.home import offices
        from clients.home import people as home_people

        for section in (
            asking_home.colleague_asks,
            asking_home.my_questions,
            asking_home.talks_asked_of_me,
            asking_home.need_to_talk,
            home_emergencies.my_emergencies,
            home_emergencies.reviews,
            sections_guarded.alike_records,
            offices.given_by_the_board,
            offices.accounts_let_in,
            offices.posts,
            home_people.new_colleagues,
            home_people.not_confirmed,
            home_people.met_by_nobody,
            home_people.office_waits,
            sections_guarded.complaints_waiting,
            sections_guarded.protected_named,
            sections_guarded.protected_left_alone,
            sections_guarded.portals_to_confirm,
        ):
            register(section)
