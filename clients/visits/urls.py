"""Addresses of going out alone."""

from django.urls import path

from clients.visits import views

urlpatterns = [
    path("out/", views.visit_start, name="visit_start"),
    path("out/now/", views.visit_watch, name="visit_watch"),
    path("out/<uuid:visit_id>/place/", views.visit_place, name="visit_place"),
    path("out/<uuid:visit_id>/later/", views.visit_later, name="visit_later"),
    path("out/<uuid:visit_id>/alarm/", views.visit_alarm, name="visit_alarm"),
    path("out/<uuid:visit_id>/safe/", views.visit_safe, name="visit_safe"),
]
