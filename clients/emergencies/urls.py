"""Addresses of emergency access, its reviews and breaches."""

from django.urls import path

from clients.emergencies.views import emergencies, reviews

urlpatterns = [
    path("emergency/", emergencies.emergency_open, name="emergency_open"),
    path("emergency/<uuid:emergency_id>/", emergencies.emergency_view, name="emergency_view"),
    path("emergency/<uuid:emergency_id>/rest/", emergencies.emergency_rest, name="emergency_rest"),
    path("emergency/<uuid:emergency_id>/end/", emergencies.emergency_end, name="emergency_end"),
    path(
        "emergency/<uuid:emergency_id>/review/",
        reviews.emergency_review,
        name="emergency_review",
    ),
    path("breaches/", reviews.breach_list, name="breach_list"),
]
