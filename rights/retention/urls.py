"""Addresses of retention: the review, the schedule, the counts."""

from django.urls import path

from rights.retention import views

urlpatterns = [
    path("retention/", views.retention_list, name="retention_list"),
    path("retention/counts/", views.retention_counts, name="retention_counts"),
    path("retention/schedule/", views.schedule_view, name="schedule_view"),
    path("retention/schedule/edit/", views.schedule_edit, name="schedule_edit"),
    path("retention/schedule/adopt/", views.schedule_adopt, name="schedule_adopt"),
    path("clients/<uuid:client_id>/time/", views.retention_view, name="retention_view"),
    path("clients/<uuid:client_id>/time/keep/", views.retention_keep, name="retention_keep"),
    path("clients/<uuid:client_id>/time/unkeep/", views.retention_unkeep, name="retention_unkeep"),
]
