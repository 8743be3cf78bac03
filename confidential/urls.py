"""Addresses of all pages."""

from django.urls import include, path

urlpatterns = [
    path("", include("volunteers.urls")),
    path("", include("audit.urls")),
    path("", include("clients.urls")),
    path("", include("disclosures.urls")),
    path("", include("rights.urls")),
    path("my-space/", include("portal.urls")),
]

handler400 = "confidential.views.bad_request"
handler403 = "confidential.views.forbidden"
handler404 = "confidential.views.not_found"
handler500 = "confidential.views.failed"
