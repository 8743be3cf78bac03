"""One derivation of keys from keys, for every purpose that has a name."""

import hmac
from hashlib import sha256

NO_SALT = bytes(sha256().digest_size)


def derive(key: bytes, info: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) of ``key`` to 32 bytes for the purpose ``info``, without salt.

    One block of output is one HMAC after the extraction. A search derives a key for each client it
    looks through; written out, this is several times as fast as the general function.
    """
    return hmac.digest(hmac.digest(NO_SALT, key, "sha256"), info.encode() + b"\x01", "sha256")
