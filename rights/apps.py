"""Application configuration."""

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """What clients ask for: access, correction, deletion, and their exports."""

    name = "rights"
    default_auto_field = "django.db.models.BigAutoField"
