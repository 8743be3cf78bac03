"""Application configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The door and the log. Knows ids, not models."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sign-in's transactions are told to the second sink like all others."""
        from audit import sink
        from vault import principals

        if sink.note not in principals.before_commit:
            principals.before_commit.append(sink.note)
