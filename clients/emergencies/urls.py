"""Addresses of emergency access, its reviews, breaches, and lone visits."""

from django.urls import path

from clients.emergencies.views import emergencies, reviews
from clients.visits import views as visits

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
    path("out/", visits.visit_start, name="visit_start"),
    path("out/now/", visits.visit_watch, name="visit_watch"),
    path("out/<uuid:visit_id>/place/", visits.visit_place, name="visit_place"),
    path("out/<uuid:visit_id>/later/", visits.visit_later, name="visit_later"),
    path("out/<uuid:visit_id>/alarm/", visits.visit_alarm, name="visit_alarm"),
    path("out/<uuid:visit_id>/safe/", visits.visit_safe, name="visit_safe"),
]
