"""Addresses of the home page and the list of clients."""

from django.urls import path

from clients.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("clients/", views.client_list, name="client_list"),
]
