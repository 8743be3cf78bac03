"""The Django app that holds widgets and what draws templates.

It has no models and no URLs."""

from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    name = "components"
