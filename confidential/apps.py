"""Application configuration."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Commands of the project: demo, database_url and the like."""

    name = "confidential"

    def ready(self) -> None:
        """Refuse to work behind the walls of another version, or with what was erased."""
        from django.db.backends.signals import connection_created

        from confidential.walls import refuse_other_walls
        from rights.erasure.ledger import refuse_forgotten_erasures
        from vault.roles import refuse_wrong_role

        # In this order: of another role, or behind other walls, nothing further is asked.
        connection_created.connect(refuse_wrong_role, dispatch_uid="vault.roles")
        connection_created.connect(refuse_other_walls, dispatch_uid="confidential.walls")
        connection_created.connect(refuse_forgotten_erasures, dispatch_uid="rights.ledger")
