"""Addresses of joining, sign-in, sessions and second factors."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
