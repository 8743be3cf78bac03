"""Addresses of clients' requests."""

from django.urls import path

from rights.requests.views import answering, dates, letter, recording

urlpatterns = [
    path("requests/", answering.request_list, name="request_list"),
    path("requests/dates/", dates.request_register, name="request_register"),
    path("requests/holidays/", dates.request_holidays, name="request_holidays"),
    path("requests/<uuid:request_id>/", answering.request_view, name="request_view"),
    path("requests/<uuid:request_id>/answer/", answering.request_answer, name="request_answer"),
    path(
        "requests/<uuid:request_id>/note/<str:kind>/", recording.request_note, name="request_note"
    ),
    path("requests/<uuid:request_id>/second/", dates.request_second, name="request_second"),
    path("requests/<uuid:request_id>/letter/", letter.request_letter, name="request_letter"),
    path("clients/<uuid:client_id>/requests/new/", recording.request_add, name="request_add"),
]
