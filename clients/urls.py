"""Addresses of this app, from its modules."""

from clients import (
    urls_consultations,
    urls_contacts,
    urls_emergencies,
    urls_guarded,
    urls_handover,
    urls_records,
)

urlpatterns = [
    *urls_contacts.urlpatterns,
    *urls_records.urlpatterns,
    *urls_consultations.urlpatterns,
    *urls_emergencies.urlpatterns,
    *urls_handover.urlpatterns,
    *urls_guarded.urlpatterns,
]
