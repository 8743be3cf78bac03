"""Addresses of requests of heirs."""

from django.urls import path

from clients.heirs import views

ONE = "heirs/<uuid:request_id>"

urlpatterns = [
    path("clients/<uuid:client_id>/heirs/new/", views.heir_add, name="heir_add"),
    path("heirs/", views.heir_list, name="heir_list"),
    path(f"{ONE}/", views.heir_view, name="heir_view"),
    path(f"{ONE}/paper/", views.heir_correct, name="heir_correct"),
    path(f"{ONE}/propose/", views.heir_propose, name="heir_propose"),
    path(f"{ONE}/confirm/", views.heir_confirm, name="heir_confirm"),
    path(f"{ONE}/objection/", views.heir_object, name="heir_object"),
    path(f"{ONE}/settled/", views.heir_settle, name="heir_settle"),
]
