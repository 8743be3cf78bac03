"""Addresses of this app."""

from django.urls import URLPattern, path

urlpatterns: list[URLPattern] = []
