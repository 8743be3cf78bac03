"""Addresses of the client's own space. None says whose it is."""

from django.urls import path

from portal.views import (
    access,
    agreement,
    choices,
    complaints,
    directives,
    exports,
    messages,
    record,
    requests,
    seen,
    shared,
    statements,
    who,
)

urlpatterns = [
    path("", record.portal_home, name="portal_home"),
    path("details/", record.portal_record, name="portal_record"),
    path("agreement/", agreement.portal_agreement, name="portal_agreement"),
    path("wishes/", directives.portal_directive, name="portal_directive"),
    path("wishes/end/", directives.portal_directive_end, name="portal_directive_end"),
    path("contacts/", record.portal_contacts, name="portal_contacts"),
    path("messages/", messages.portal_messages, name="portal_messages"),
    path(
        "contacts/<uuid:contact_id>/wrong/",
        statements.portal_statement_add,
        name="portal_statement_add",
    ),
    path(
        "details/wrong/",
        statements.portal_statement_background,
        name="portal_statement_background",
    ),
    path(
        "said/<uuid:statement_id>/back/",
        statements.portal_statement_withdraw,
        name="portal_statement_withdraw",
    ),
    path("seen/", seen.portal_seen, name="portal_seen"),
    path("seen/day/<str:day>/", seen.portal_seen_day, name="portal_seen_day"),
    path("seen/proof/<uuid:event_id>/", seen.portal_proof, name="portal_proof"),
    path("seen/check/", seen.portal_check, name="portal_check"),
    path("seen/check/file/", seen.portal_check_file, name="portal_check_file"),
    path("seen/check/entries/<path:place>", seen.portal_check_entries, name="portal_check_entries"),
    path("passed-on/", shared.portal_disclosures, name="portal_disclosures"),
    path(
        "passed-on/<uuid:disclosure_id>/end/",
        shared.portal_disclosure_end,
        name="portal_disclosure_end",
    ),
    path("who/", who.portal_who, name="portal_who"),
    path("who/<uuid:may_know_id>/end/", who.portal_take_back, name="portal_take_back"),
    path("requests/", requests.portal_requests, name="portal_requests"),
    path("requests/new/", requests.portal_request_add, name="portal_request_add"),
    path(
        "requests/<uuid:request_id>/end/", requests.portal_request_end, name="portal_request_end"
    ),
    path("complaints/", complaints.portal_complaints, name="portal_complaints"),
    path("complaints/new/", complaints.portal_complaint_add, name="portal_complaint_add"),
    path(
        "complaints/<uuid:complaint_id>/more/",
        complaints.portal_complaint_more,
        name="portal_complaint_more",
    ),
    path("copy/", exports.portal_export, name="portal_export"),
    path("copy/<uuid:export_id>/", exports.portal_export_get, name="portal_export_get"),
    path("choices/", choices.portal_choices, name="portal_choices"),
    path("choices/notes/", choices.portal_notes, name="portal_notes"),
    path("choices/pause/", choices.portal_pause, name="portal_pause"),
    path("code/<uuid:version_id>/", choices.portal_code, name="portal_code"),
    path("leaflet/", choices.portal_leaflet, name="portal_leaflet"),
    path("password/", access.portal_password, name="portal_password"),
    path("leave/", access.portal_leave, name="portal_leave"),
]
