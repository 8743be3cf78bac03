"""One derivation of keys from keys, for every purpose that has a name."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DERIVED_BYTES = 32


def derive(key: bytes, info: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) of ``key`` to 32 bytes for the purpose ``info``."""
    return HKDF(algorithm=SHA256(), length=DERIVED_BYTES, salt=None, info=info.encode()).derive(key)
