"""Addresses of this app, room by room."""

from rights.erasure import urls as erasure
from rights.holds import urls as holds
from rights.own_log import urls as own_log
from rights.prepared import urls as prepared
from rights.requests import urls as requests
from rights.retention import urls as retention

urlpatterns = [
    *requests.urlpatterns,
    *own_log.urlpatterns,
    *prepared.urlpatterns,
    *holds.urlpatterns,
    *retention.urlpatterns,
    *erasure.urlpatterns,
]
