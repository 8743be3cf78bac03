"""Addresses of this app, room by room."""

from clients.complaints import urls as complaints
from clients.conflicts import urls as conflicts
from clients.consultations import urls as consultations
from clients.contacts import urls as contacts
from clients.emergencies import urls as emergencies
from clients.handover import urls as handover
from clients.heirs import urls as heirs
from clients.home import urls as home
from clients.messages import urls as messages
from clients.records import urls as records
from clients.search import urls as search
from clients.visits import urls as visits
from clients.who_may_know import urls as who_may_know

urlpatterns = [
    *home.urlpatterns,
    *search.urlpatterns,
    *records.urlpatterns,
    *contacts.urlpatterns,
    *messages.urlpatterns,
    *consultations.urlpatterns,
    *emergencies.urlpatterns,
    *visits.urlpatterns,
    *conflicts.urlpatterns,
    *complaints.urlpatterns,
    *heirs.urlpatterns,
    *who_may_know.urlpatterns,
    *handover.urlpatterns,
]
