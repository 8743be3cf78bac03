"""The bare addresses, with the record page of this side."""

from django.urls import path

from benchmarks.bare.urls import urlpatterns as bare
from benchmarks.usual import views

urlpatterns = [
    path("clients/<uuid:client_id>/", views.client_view, name="client_view"),
    *bare,
]
