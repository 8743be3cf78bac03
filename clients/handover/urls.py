"""Addresses of changing hands: handover, moving, leavers; and of whom the client lets be told."""

from django.urls import path

from clients.handover.views import handover, leavers
from clients.who_may_know.views import may_know

urlpatterns = [
    path("people/<uuid:person_id>/hand-over/", handover.handover_add, name="handover_add"),
    path("clients/<uuid:client_id>/move/", handover.client_move, name="client_move"),
    path("departures/<uuid:departure_id>/", leavers.leaver_view, name="leaver_view"),
    path(
        "departures/<uuid:departure_id>/reminder/", leavers.leaver_reminder, name="leaver_reminder"
    ),
    path("departures/<uuid:departure_id>/noted/", leavers.leaver_note, name="leaver_note"),
    path("clients/<uuid:client_id>/may-know/new/", may_know.may_know_add, name="may_know_add"),
    path("may-know/<uuid:may_know_id>/end/", may_know.may_know_end, name="may_know_end"),
]
