"""Application configuration."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Information that leaves, exceptionally: request, decision, release, receipt."""

    name = "disclosures"
    default_auto_field = "django.db.models.BigAutoField"
