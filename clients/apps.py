"""Application configuration."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """Enquiries, client records, explanations, contacts and who may see them."""

    name = "clients"
    default_auto_field = "django.db.models.BigAutoField"
