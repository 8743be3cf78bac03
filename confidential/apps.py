"""Application configuration."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Commands of the project: demo, database_url and the like."""

    name = "confidential"

    def ready(self) -> None:
        """Refuse to work behind the walls of another version."""
        from django.db.backends.signals import connection_created

        from confidential.walls import refuse_other_walls

        connection_created.connect(refuse_other_walls, dispatch_uid="confidential.walls")
