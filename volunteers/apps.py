"""Application configuration."""

from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    """People who serve: accounts, duties, the code of confidentiality, sign-in."""

    name = "volunteers"
    default_auto_field = "django.db.models.BigAutoField"
