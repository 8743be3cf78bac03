"""Application configuration of the vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys and sealed values."""

    name = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every new database connection is checked for its role."""
        from django.db.backends.signals import connection_created

        from vault.roles import refuse_wrong_role

        connection_created.connect(refuse_wrong_role, dispatch_uid="vault.roles")
