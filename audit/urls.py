"""Addresses of the log."""

from django.urls import path

from audit import views

urlpatterns = [path("log/", views.log_list, name="log_list")]
