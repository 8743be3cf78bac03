"""Addresses of this app."""

from django.urls import path

from rights.own_log import views as views_names
from rights.requests import views

urlpatterns = [
    path("requests/", views.request_list, name="request_list"),
    path("requests/<uuid:request_id>/", views.request_view, name="request_view"),
    path("requests/<uuid:request_id>/answer/", views.request_answer, name="request_answer"),
    path("log/names/", views_names.names_list, name="names_list"),
    path("log/names/<uuid:decision_id>/end/", views_names.names_end, name="names_end"),
]
