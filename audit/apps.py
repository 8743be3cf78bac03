"""Application configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The door and the log. Knows ids, not models."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
