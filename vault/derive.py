"""One derivation of keys from keys, for every purpose that has a name."""

from hashlib import sha256

BLOCK = 64  # bytes that SHA-256 takes at a time: a shorter key of an HMAC is filled up with zeros
INNER, OUTER = 0x36, 0x5C
_INNER_OF, _OUTER_OF = (bytes(one ^ pad for one in range(256)) for pad in (INNER, OUTER))
_INNER_REST, _OUTER_REST = (bytes([pad]) * (BLOCK - sha256().digest_size) for pad in (INNER, OUTER))
_NO_SALT_INNER, _NO_SALT_OUTER = bytes([INNER]) * BLOCK, bytes([OUTER]) * BLOCK


def derive(key: bytes, info: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) of ``key`` to 32 bytes for the purpose ``info``, without salt.

    One block of output is one HMAC (RFC 2104) after the extraction, and an HMAC is two hashes. A search
    derives a key for each client it looks through; written out as hashes, this takes about half as long as
    ``hmac.digest`` or the general function, which make an object of their own for each.
    """
    drawn = sha256(_NO_SALT_OUTER + sha256(_NO_SALT_INNER + key).digest()).digest()
    inner = sha256(drawn.translate(_INNER_OF) + _INNER_REST + info.encode() + b"\x01").digest()
    return sha256(drawn.translate(_OUTER_OF) + _OUTER_REST + inner).digest()
