"""Registers the models whose changes and readings auditlog keeps."""

from django.apps import AppConfig


class UsualConfig(AppConfig):
    """The usual side."""

    name = "benchmarks.usual"
    label = "usual"

    def ready(self) -> None:
        """Register."""
        from auditlog.registry import auditlog

        from benchmarks.bare.models import Client, Contact

        auditlog.register(Client)
        auditlog.register(Contact)
