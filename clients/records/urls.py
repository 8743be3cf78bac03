"""Addresses of records, explanations and clients' online spaces."""

from django.urls import path

from clients.records.views import (
    agreements,
    directives,
    explanations,
    likenesses,
    numbers,
    portal_access,
    portal_confirm,
    records,
    restrictions,
)

urlpatterns = [
    path("clients/<uuid:client_id>/", records.client_view, name="client_view"),
    path("clients/<uuid:client_id>/number/", numbers.client_number, name="client_number"),
    path("clients/<uuid:client_id>/identity/", records.client_edit, name="client_edit"),
    path(
        "clients/<uuid:client_id>/safe-contact/",
        records.safe_contact_edit,
        name="safe_contact_edit",
    ),
    path("clients/<uuid:client_id>/background/", records.background_edit, name="background_edit"),
    path("clients/<uuid:client_id>/state/", records.client_state, name="client_state"),
    path("agreements/", agreements.agreement_list, name="agreement_list"),
    path("clients/<uuid:client_id>/agreement/", agreements.agreement_add, name="agreement_add"),
    path("clients/<uuid:client_id>/agreement/no/", agreements.agreement_end, name="agreement_end"),
    path("clients/<uuid:client_id>/directives/", directives.directive_add, name="directive_add"),
    path(
        "clients/<uuid:client_id>/directives/end/", directives.directive_end, name="directive_end"
    ),
    path("clients/<uuid:client_id>/told/<int:line>/", directives.death_told, name="death_told"),
    path(
        "clients/<uuid:client_id>/told/<int:line>/undo/",
        directives.death_untold,
        name="death_untold",
    ),
    path(
        "clients/<uuid:client_id>/restriction/",
        restrictions.restriction_add,
        name="restriction_add",
    ),
    path(
        "clients/<uuid:client_id>/restriction/end/",
        restrictions.restriction_end,
        name="restriction_end",
    ),
    path("alike/<uuid:likeness_id>/looked/", likenesses.likeness_looked, name="likeness_looked"),
    path(
        "clients/<uuid:client_id>/explanation/",
        explanations.explanation_add,
        name="explanation_add",
    ),
    path("clients/<uuid:client_id>/leaflet/", explanations.leaflet, name="leaflet"),
    path("clients/<uuid:client_id>/portal/", portal_access.portal_open, name="portal_open"),
    path("clients/<uuid:client_id>/portal/card/", portal_access.portal_card, name="portal_card"),
    path("clients/<uuid:client_id>/portal/close/", portal_access.portal_close, name="portal_close"),
    path(
        "portal-access/confirm/", portal_confirm.portal_confirm_named, name="portal_confirm_named"
    ),
    path(
        "portal-access/<uuid:access_id>/confirm/",
        portal_confirm.portal_confirm,
        name="portal_confirm",
    ),
    path(
        "portal-access/<uuid:access_id>/unconfirm/",
        portal_confirm.portal_unconfirm,
        name="portal_unconfirm",
    ),
    path(
        "portal-access/<uuid:access_id>/resume/",
        portal_confirm.portal_resume,
        name="portal_resume",
    ),
]
