"""Addresses of this app, from two modules."""

from clients import urls_contacts, urls_records

urlpatterns = [*urls_contacts.urlpatterns, *urls_records.urlpatterns]
