"""Addresses of the log."""

from django.urls import path

from audit.views import events, health, keys, patterns, questions, state

urlpatterns = [
    path("health/", health.health_show, name="health_show"),
    path("log/", events.log_list, name="log_list"),
    path("log/table/", events.log_export, name="log_export"),
    path("log/unusual/", patterns.log_unusual, name="log_unusual"),
    path("log/state/", state.log_state, name="log_state"),
    path("log/keys/", keys.log_keys, name="log_keys"),
    path("log/state/download/", state.log_download, name="log_download"),
    path("log/keeping/<str:purpose>/", state.log_keeping, name="log_keeping"),
    path("log/questions/", questions.log_question_add, name="log_question_add"),
    path(
        "log/questions/<uuid:question_id>/remove/",
        questions.log_question_remove,
        name="log_question_remove",
    ),
]
