"""Addresses of the search."""

from django.urls import path

from clients.search import views

urlpatterns = [
    path("search/", views.client_search, name="client_search"),
]
