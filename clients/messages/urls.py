"""Addresses of clients' messages."""

from django.urls import path

from clients.messages import views

urlpatterns = [
    path("clients/<uuid:client_id>/messages/", views.client_messages, name="client_messages"),
    path(
        "clients/<uuid:client_id>/messages/settle/",
        views.client_messages_settle,
        name="client_messages_settle",
    ),
    path("messages/<uuid:message_id>/unread/", views.message_unread, name="message_unread"),
]
