"""Asking witnesses to cosign a checkpoint: the log's side of C2SP tlog-witness.

A witness signs only what goes on from what it signed before, so that nobody can be shown another
history than everybody else. What it is told is sizes and hashes. Here is only the asking; which
witnesses there are and what they answered is kept by the caller.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from urllib.parse import urlsplit

from audit.note import COSIGNATURE, Note, NoteError, Signature, VerifierKey, to_base64

PATIENCE = 10  # seconds for each step of the conversation
LONGEST = 20  # seconds for all of it: whoever answers a byte now and then holds nobody up
LONGEST_ANSWER = 10_000
LONGEST_SIZE = 19  # digits
SIZE_ANSWER = "text/x.tlog.size"

Prove = Callable[[int, int], Sequence[bytes]]


class Unanswered(Exception):
    """The witness could not be asked, or answered what nobody can use: try again later."""


class Contradicted(Exception):
    """The witness has signed something that this log does not go on from.

    Somebody has shown it another history, or this log was set back to an older state. A person must
    look; trying again does not help.
    """


@dataclass(frozen=True)
class Witness:
    """Where a witness listens, and the key that its cosignatures are checked with."""

    url: str
    key: VerifierKey

    @classmethod
    def read(cls, text: str) -> Witness:
        """The witness in ``https://host/prefix name+id+base64``. Raises ValueError."""
        url, _, key = text.strip().partition(" ")
        witness = cls(url.rstrip("/"), VerifierKey.read(key))
        if urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname:
            raise ValueError(f"The address of a witness begins with https://: {url}")
        if witness.key.kind != COSIGNATURE:
            raise ValueError(f"The key of a witness is of type 4: {key}")
        return witness


def cosignature(witness: Witness, note: str, size: int, *, since: int, prove: Prove) -> Signature:
    """The witness's cosignature of the checkpoint ``note`` of ``size`` leaves, checked.

    ``since`` is the size it cosigned last, as far as is known; it may name another, and is then asked
    once more. ``prove(old, new)`` gives the consistency proof. Raises Unanswered or Contradicted.
    """
    status, text = _post(witness, note, since, prove(since, size) if 0 < since < size else ())
    if status == 409:
        since = int(text)
        if since > size:
            raise Contradicted(f"{witness.key.name} has seen {since} leaves, this log has {size}.")
        status, text = _post(witness, note, since, prove(since, size) if 0 < since < size else ())
    if status == 422:
        raise Contradicted(
            f"{witness.key.name} finds that {size} leaves do not go on from {since}."
        )
    if status != 200:
        raise Unanswered(f"{witness.key.name} answered {status}.")
    return _checked(witness.key, note, text)


def _checked(key: VerifierKey, note: str, lines: str) -> Signature:
    """The one line of an answer that is this witness's, if it is a true cosignature."""
    try:
        found = Note.read(note + lines)
        found.verified([key])
    except NoteError as error:
        raise Unanswered(f"{key.name} answered with no cosignature of its own.") from error
    return next(s for s in found.signatures if (s.name, s.key_id) == (key.name, key.id))


def _post(witness: Witness, note: str, old: int, proof: Sequence[bytes]) -> tuple[int, str]:
    """Status and text of the answer; for 409 the text is a size."""
    lines = [f"old {old}", *map(to_base64, proof), "", note]
    address = urlsplit(witness.url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(str(address.hostname), address.port, timeout=PATIENCE)
    end = Timer(LONGEST, _cut, [connection])
    end.daemon = True
    end.start()
    try:
        connection.request("POST", f"{address.path}/add-checkpoint", "\n".join(lines).encode())
        answer = connection.getresponse()
        text = answer.read(LONGEST_ANSWER).decode()
    except (OSError, ValueError, HTTPException) as error:
        raise Unanswered(f"{witness.key.name} could not be asked: {error}") from error
    finally:
        end.cancel()
        connection.close()
    if answer.status == 409:
        size = text.removesuffix("\n")
        fit = size.isascii() and size.isdigit() and len(size) <= LONGEST_SIZE
        if answer.headers["Content-Type"] != SIZE_ANSWER or not fit:
            raise Unanswered(f"{witness.key.name} named no size to start from.")
    return answer.status, text


def _cut(connection: HTTPConnection) -> None:
    """End a conversation that takes too long, from beside it."""
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
