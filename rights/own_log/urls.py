"""Addresses of the decisions that a client sees names."""

from django.urls import path

from rights.own_log import views

urlpatterns = [
    path("log/names/", views.names_list, name="names_list"),
    path("log/names/<uuid:decision_id>/end/", views.names_end, name="names_end"),
]
