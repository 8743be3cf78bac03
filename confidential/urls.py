"""Addresses of all pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("volunteers.urls")),
    path("", include("clients.urls")),
    path("", include("disclosures.urls")),
    path("", include("rights.urls")),
    path("my-space/", include("portal.urls")),
]
