"""Addresses of consultations. Those that a colleague opens do not say about whom they are."""

from django.urls import path

from clients.consultations.views import asking, consultations

urlpatterns = [
    path(
        "clients/<uuid:client_id>/colleagues/",
        consultations.consultation_list,
        name="consultation_list",
    ),
    path(
        "clients/<uuid:client_id>/colleagues/talk/",
        asking.consultation_talk,
        name="consultation_talk",
    ),
    path(
        "clients/<uuid:client_id>/colleagues/ask/",
        asking.consultation_add,
        name="consultation_add",
    ),
    path(
        "clients/<uuid:client_id>/colleagues/ask/<uuid:draft_id>/",
        asking.consultation_share,
        name="consultation_share",
    ),
    path(
        "consultations/<uuid:consultation_id>/",
        consultations.consultation_view,
        name="consultation_view",
    ),
    path(
        "consultations/<uuid:consultation_id>/answer/",
        consultations.consultation_answer,
        name="consultation_answer",
    ),
    path(
        "consultations/<uuid:consultation_id>/end/",
        consultations.consultation_end,
        name="consultation_end",
    ),
]
