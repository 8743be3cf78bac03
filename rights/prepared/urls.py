"""Addresses of copies that the team prepares."""

from django.urls import path

from rights.prepared import views

urlpatterns = [
    path("clients/<uuid:client_id>/copies/", views.copy_list, name="copy_list"),
    path("clients/<uuid:client_id>/copies/new/", views.copy_add, name="copy_add"),
    path("copies/<uuid:copy_id>/", views.copy_view, name="copy_view"),
    path("copies/<uuid:copy_id>/strike/", views.copy_strike, name="copy_strike"),
    path("copies/<uuid:copy_id>/release/", views.copy_release, name="copy_release"),
    path("copies/<uuid:copy_id>/end/", views.copy_end, name="copy_end"),
    path("copies/<uuid:copy_id>/file/", views.copy_file, name="copy_file"),
]
