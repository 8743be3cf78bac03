"""Addresses of this app, from its modules."""

from clients.conflicts import urls as urls_guarded
from clients.consultations import urls as urls_consultations
from clients.contacts import urls as urls_contacts
from clients.emergencies import urls as urls_emergencies
from clients.handover import urls as urls_handover
from clients.records import urls as urls_records

urlpatterns = [
    *urls_contacts.urlpatterns,
    *urls_records.urlpatterns,
    *urls_consultations.urlpatterns,
    *urls_emergencies.urlpatterns,
    *urls_handover.urlpatterns,
    *urls_guarded.urlpatterns,
]
