"""Addresses of people, invitations, duties, branches and the code."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
