"""Addresses of this app: sign-in, then people, duties and the code."""

from volunteers import urls_people, urls_signin

urlpatterns = [*urls_signin.urlpatterns, *urls_people.urlpatterns]
