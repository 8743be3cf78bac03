"""Addresses of the first contact, enquiries, contacts, files, follow-ups and drafts."""

from django.urls import path

from clients.contacts.views import (
    attachments,
    contacts,
    drafts,
    enquiries,
    follow_ups,
    intake,
    moving,
    statements,
)

urlpatterns = [
    path("clients/new/", intake.client_add, name="client_add"),
    path("clients/known/", intake.client_known, name="client_known"),
    path("enquiries/", enquiries.enquiry_list, name="enquiry_list"),
    path("enquiries/new/", enquiries.enquiry_add, name="enquiry_add"),
    path("contacts/new/", contacts.contact_choose, name="contact_add"),
    path("clients/<uuid:client_id>/contacts/new/", contacts.contact_add, name="contact_add"),
    path("contacts/<uuid:contact_id>/", contacts.contact_view, name="contact_view"),
    path("contacts/<uuid:contact_id>/correct/", contacts.contact_correct, name="contact_correct"),
    path("contacts/<uuid:contact_id>/history/", contacts.contact_history, name="contact_history"),
    path("contacts/<uuid:contact_id>/move/", moving.contact_move, name="contact_move"),
    path("contacts/<uuid:contact_id>/wrong/", statements.statement_add, name="statement_add"),
    path(
        "clients/<uuid:client_id>/background/wrong/",
        statements.statement_background,
        name="statement_background",
    ),
    path("statements/<uuid:statement_id>/", statements.statement_answer, name="statement_answer"),
    path("contacts/<uuid:contact_id>/files/", attachments.attachment_add, name="attachment_add"),
    path("files/<uuid:attachment_id>/", attachments.attachment_get, name="attachment_get"),
    path("follow-ups/", follow_ups.follow_up_list, name="follow_up_list"),
    path("follow-ups/<uuid:contact_id>/done/", follow_ups.follow_up_done, name="follow_up_done"),
    path("drafts/", drafts.draft_list, name="draft_list"),
    path("drafts/save/", drafts.draft_save, name="draft_save"),
    path("drafts/<uuid:draft_id>/delete/", drafts.draft_delete, name="draft_delete"),
]
