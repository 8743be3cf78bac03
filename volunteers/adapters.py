"""What allauth asks of us: nobody signs up, and second factors are sealed."""

from __future__ import annotations

import base64
import os

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest

from vault.derive import derive
from volunteers.counting import client_address

NONCE = 12


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: people join by an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address that lockouts count."""
        return client_address(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticators are sealed; the key is derived from the secret key of the site."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        nonce = os.urandom(NONCE)
        sealed = nonce + second_factor_cipher().encrypt(nonce, text.encode(), b"second factor")
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again. Raises InvalidTag for an altered one."""
        sealed = base64.b64decode(encrypted_text)
        return (
            second_factor_cipher().decrypt(sealed[:NONCE], sealed[NONCE:], b"second factor")
        ).decode()


def second_factor_cipher() -> AESGCM:
    """The cipher of authenticators' secrets."""
    return AESGCM(derive(settings.SECRET_KEY.encode(), "confidential/v1/second-factor"))
