"""Addresses of people, duties, the code and one's own account."""

from django.urls import path

from volunteers.views import language, privacy

urlpatterns = [
    path("language/", language.set_language, name="set_language"),
    path("privacy/", privacy.privacy, name="privacy"),
]
