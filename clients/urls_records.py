"""Addresses of records, explanations, grants, portal access and enquiries."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
