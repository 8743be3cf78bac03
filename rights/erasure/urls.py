"""Addresses of erasures: of a client, of one erasure, and the list for the lead."""

from django.urls import path

from rights.erasure.views import erasures, proposing, recipients

urlpatterns = [
    path("clients/<uuid:client_id>/erasure/", proposing.erasure_preview, name="erasure_preview"),
    path("clients/<uuid:client_id>/erasure/new/", proposing.erasure_add, name="erasure_add"),
    path(
        "clients/<uuid:client_id>/erasure/recipients/",
        recipients.erasure_recipients,
        name="erasure_recipients",
    ),
    path(
        "clients/<uuid:client_id>/erasure/recipients/<uuid:disclosure_id>/told/",
        recipients.erasure_told,
        name="erasure_told",
    ),
    path(
        "clients/<uuid:client_id>/erasure/recipients/<uuid:disclosure_id>/letter/",
        recipients.erasure_letter,
        name="erasure_letter",
    ),
    path("erasures/", erasures.erasure_register, name="erasure_register"),
    path("erasures/<uuid:erasure_id>/", erasures.erasure_view, name="erasure_view"),
    path("erasures/<uuid:erasure_id>/yes/", erasures.erasure_decide, name="erasure_decide"),
    path("erasures/<uuid:erasure_id>/no/", erasures.erasure_refuse, name="erasure_refuse"),
    path("erasures/<uuid:erasure_id>/now/", erasures.erasure_waive, name="erasure_waive"),
    path("erasures/<uuid:erasure_id>/back/", erasures.erasure_withdraw, name="erasure_withdraw"),
    path(
        "erasures/<uuid:erasure_id>/certificate/",
        erasures.erasure_certificate,
        name="erasure_certificate",
    ),
]
