"""Addresses of this app."""

from django.urls import URLPattern, path, re_path

from disclosures.views import deliveries, lists, recipients, requests, standing, steps, will

ONE = "disclosures/<uuid:disclosure_id>/"

urlpatterns: list[URLPattern] = [
    path("disclosures/", lists.disclosure_list, name="disclosure_list"),
    path(
        "clients/<uuid:client_id>/disclosures/",
        lists.disclosure_client_list,
        name="disclosure_client_list",
    ),
    path(
        "clients/<uuid:client_id>/disclosures/new/", requests.disclosure_add, name="disclosure_add"
    ),
    path("clients/<uuid:client_id>/takes-back/", will.will_take_back, name="will_take_back"),
    path(ONE, standing.disclosure_view, name="disclosure_view"),
    re_path(
        r"^disclosures/(?P<disclosure_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
        r"/edit/(?P<step>ground|recipient|client|contacts|why)/$",
        requests.disclosure_edit,
        name="disclosure_edit",
    ),
    path(ONE + "ask/", requests.disclosure_ask, name="disclosure_ask"),
    path(ONE + "notes/", steps.disclosure_notes, name="disclosure_notes"),
    path(ONE + "decide/", steps.disclosure_decide, name="disclosure_decide"),
    path(ONE + "release/", steps.disclosure_release, name="disclosure_release"),
    path(ONE + "telling/", steps.disclosure_telling, name="disclosure_telling"),
    path(ONE + "will/", will.disclosure_will, name="disclosure_will"),
    path(ONE + "recall/", will.disclosure_recall, name="disclosure_recall"),
    path(ONE + "cancel/", steps.disclosure_cancel, name="disclosure_cancel"),
    path(
        "statements/<uuid:statement_id>/recipients/",
        recipients.recipient_list,
        name="recipient_list",
    ),
    path(
        "statements/<uuid:statement_id>/recipients/<uuid:disclosure_id>/told/",
        recipients.recipient_told,
        name="recipient_told",
    ),
    path(
        "statements/<uuid:statement_id>/recipients/<uuid:disclosure_id>/letter/",
        recipients.recipient_letter,
        name="recipient_letter",
    ),
    path("d/<str:secret>/", deliveries.delivery_open, name="delivery_open"),
]
