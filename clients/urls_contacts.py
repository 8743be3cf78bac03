"""Addresses of the home page, lists, contacts, follow-ups and drafts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
