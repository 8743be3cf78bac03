"""Addresses of clients' requests."""

from django.urls import path

from rights.requests import views

urlpatterns = [
    path("requests/", views.request_list, name="request_list"),
    path("requests/<uuid:request_id>/", views.request_view, name="request_view"),
    path("requests/<uuid:request_id>/answer/", views.request_answer, name="request_answer"),
]
