"""Application configuration."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Commands of the project: demo, database_url and the like."""

    name = "confidential"
