"""Application configuration."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Enquiries, client records, explanations, contacts and who may see them."""

    name = "clients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the home page what colleagues, emergencies and offices ask for, and what is for few."""
        from clients.access.home import register
        from clients.complaints import home as complaints
        from clients.conflicts import home as conflicts
        from clients.consultations import home as consultations
        from clients.contacts import home as contacts
        from clients.emergencies import home as emergencies
        from clients.heirs import home as heirs
        from clients.home import offices, people
        from clients.messages import home as messages
        from clients.records import home as records

        for section in (
            consultations.colleague_asks,
            consultations.my_questions,
            consultations.talks_asked_of_me,
            consultations.need_to_talk,
            emergencies.my_emergencies,
            emergencies.reviews,
            records.alike_records,
            records.left_to_ask,
            records.left_to_tell,
            offices.given_by_the_board,
            offices.accounts_let_in,
            offices.posts,
            offices.left_to_say,
            people.new_colleagues,
            people.not_confirmed,
            people.met_by_nobody,
            people.team_requests,
            people.office_waits,
            complaints.complaints_waiting,
            heirs.heirs_waiting,
            conflicts.protected_named,
            conflicts.protected_left_alone,
            records.portals_to_confirm,
            messages.messages_waiting,
            messages.messages_unread,
            contacts.statements_waiting,
            contacts.on_the_wrong_record,
        ):
            register(section)
