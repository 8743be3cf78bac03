"""Application configuration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What a client sees of their own record. No models."""

    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"
