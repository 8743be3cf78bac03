"""Addresses of complaints."""

from django.urls import path

from clients.complaints.views import closing, complaints

ONE = "clients/<uuid:client_id>"
COMPLAINT = "complaints/<uuid:complaint_id>"

urlpatterns = [
    path("complaints/", complaints.complaint_list, name="complaint_list"),
    path("complaints/new/", complaints.complaint_add_reference, name="complaint_add_reference"),
    path("complaints/new/branch/", complaints.complaint_add_branch, name="complaint_add_branch"),
    path(
        f"{COMPLAINT}/not-about/<uuid:person_id>/",
        closing.complaint_clear,
        name="complaint_clear",
    ),
    path(f"{COMPLAINT}/by-the-client/", closing.complaint_count, name="complaint_count"),
    path(f"{COMPLAINT}/close-record/", closing.complaint_shut, name="complaint_shut"),
    path(f"{ONE}/complaints/new/", complaints.complaint_add, name="complaint_add"),
    path(f"{COMPLAINT}/", complaints.complaint_view, name="complaint_view"),
    path(f"{COMPLAINT}/note/", complaints.complaint_note, name="complaint_note"),
    path(f"{COMPLAINT}/hand/", complaints.complaint_hand, name="complaint_hand"),
    path(f"{COMPLAINT}/answer/", complaints.complaint_answer, name="complaint_answer"),
    path(
        f"{COMPLAINT}/conflicts/new/",
        closing.conflict_complaint_add,
        name="conflict_complaint_add",
    ),
]
