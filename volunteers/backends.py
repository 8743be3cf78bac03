"""Passwords of accounts that may sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from volunteers import passwords
from volunteers.counting import client_address
from volunteers.models import User
from volunteers.references import normalise_code


class AccountBackend(BaseBackend):
    """User name and password. Takes as long for an unknown name as for a known one."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        """The account, or None."""
        if username is None or password is None:
            return None
        try:
            user = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            user = User(password=passwords.new_salt())
        # A first password is our code on paper: it may be typed in any manner.
        if user.must_change_password:
            password = normalise_code(password)
        address = client_address(request) if request else None
        user.token = passwords.prove(user.pk, user.password, password, address) or ""
        return user if user.token else None

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session, while it is active."""
        return User.objects.filter(pk=user_id, is_active=True).first()
