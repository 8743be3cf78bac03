"""Addresses of legal holds."""

from django.urls import path

from rights.holds import views

urlpatterns = [
    path("clients/<uuid:client_id>/holds/", views.hold_list, name="hold_list"),
    path("clients/<uuid:client_id>/holds/new/", views.hold_add, name="hold_add"),
    path("holds/", views.hold_register, name="hold_register"),
    path("holds/<uuid:hold_id>/release/", views.hold_release, name="hold_release"),
]
