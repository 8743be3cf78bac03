"""The Django app that holds widgets and template filters.

It has no models and no URLs."""

from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    name = "components"
