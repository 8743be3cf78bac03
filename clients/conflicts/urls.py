"""Addresses of conflicts of interest, links and protected records."""

from django.urls import path

from clients.conflicts.views import conflicts, links, protection, serves

ONE = "clients/<uuid:client_id>"

urlpatterns = [
    path(f"{ONE}/not-for-me/", conflicts.conflict_self, name="conflict_self"),
    path(f"{ONE}/conflicts/", conflicts.conflict_list, name="conflict_list"),
    path(f"{ONE}/conflicts/new/", conflicts.conflict_add, name="conflict_add"),
    path("people/<uuid:person_id>/conflicts/", conflicts.conflict_person, name="conflict_person"),
    path(
        "people/<uuid:person_id>/conflicts/new/",
        conflicts.conflict_person_add,
        name="conflict_person_add",
    ),
    path("conflicts/<uuid:conflict_id>/end/", conflicts.conflict_end, name="conflict_end"),
    path(f"{ONE}/links/new/", links.link_find, name="link_find"),
    path(f"{ONE}/links/add/", links.link_add, name="link_add"),
    path(f"{ONE}/links/<uuid:link_id>/end/", links.link_end, name="link_end"),
    path(f"{ONE}/serves-here/", serves.client_serves, name="client_serves"),
    path("account/own-record/", serves.own_record, name="own_record"),
    path(f"{ONE}/protect/", protection.client_protect, name="client_protect"),
    path(f"{ONE}/protect/end/", protection.client_unprotect, name="client_unprotect"),
    path("protected-records/<uuid:client_id>/", protection.protected_name, name="protected_name"),
]
