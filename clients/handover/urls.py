"""Addresses of changing hands: handover, moving, leavers."""

from django.urls import path

from clients.handover.views import handover, leavers

urlpatterns = [
    path("people/<uuid:person_id>/hand-over/", handover.handover_add, name="handover_add"),
    path("clients/<uuid:client_id>/move/", handover.client_move, name="client_move"),
    path("departures/<uuid:departure_id>/", leavers.leaver_view, name="leaver_view"),
    path(
        "departures/<uuid:departure_id>/reminder/", leavers.leaver_reminder, name="leaver_reminder"
    ),
    path("departures/<uuid:departure_id>/noted/", leavers.leaver_note, name="leaver_note"),
]
