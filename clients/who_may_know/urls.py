"""Addresses of who may know what of a client, and whom the client lets be told."""

from django.urls import path

from clients.who_may_know.views import grants, may_know

urlpatterns = [
    path("clients/<uuid:client_id>/who-may-see/", grants.grant_list, name="grant_list"),
    path("clients/<uuid:client_id>/who-may-see/new/", grants.grant_add, name="grant_add"),
    path("grants/<uuid:grant_id>/end/", grants.grant_end, name="grant_end"),
    path("clients/<uuid:client_id>/notes/", grants.notes_open, name="notes_open"),
    path("clients/<uuid:client_id>/may-know/new/", may_know.may_know_add, name="may_know_add"),
    path("may-know/<uuid:may_know_id>/end/", may_know.may_know_end, name="may_know_end"),
]
