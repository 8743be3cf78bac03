"""Addresses of the home page, lists, contacts, follow-ups and drafts."""

from django.urls import path

from clients.contacts.views import attachments, contacts, drafts, follow_ups
from clients.home import views as home
from clients.search import views as search

urlpatterns = [
    path("", home.home, name="home"),
    path("clients/", home.client_list, name="client_list"),
    path("search/", search.client_search, name="client_search"),
    path("contacts/new/", contacts.contact_choose, name="contact_add"),
    path("clients/<uuid:client_id>/contacts/new/", contacts.contact_add, name="contact_add"),
    path("contacts/<uuid:contact_id>/", contacts.contact_view, name="contact_view"),
    path("contacts/<uuid:contact_id>/correct/", contacts.contact_correct, name="contact_correct"),
    path("contacts/<uuid:contact_id>/history/", contacts.contact_history, name="contact_history"),
    path("contacts/<uuid:contact_id>/files/", attachments.attachment_add, name="attachment_add"),
    path("files/<uuid:attachment_id>/", attachments.attachment_get, name="attachment_get"),
    path("follow-ups/", follow_ups.follow_up_list, name="follow_up_list"),
    path("follow-ups/<uuid:contact_id>/done/", follow_ups.follow_up_done, name="follow_up_done"),
    path("drafts/", drafts.draft_list, name="draft_list"),
    path("drafts/save/", drafts.draft_save, name="draft_save"),
    path("drafts/<uuid:draft_id>/delete/", drafts.draft_delete, name="draft_delete"),
]
