"""Addresses of this app, room by room."""

from rights.own_log import urls as own_log
from rights.prepared import urls as prepared
from rights.requests import urls as requests

urlpatterns = [*requests.urlpatterns, *own_log.urlpatterns, *prepared.urlpatterns]
