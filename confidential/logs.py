"""Log lines for whoever runs the machine: no values, no user input, no personal data."""

import logging
import traceback
from typing import Any
from uuid import UUID

OURS = frozenset(
    {
        "audit",
        "clients",
        "components",
        "confidential",
        "disclosures",
        "documents",
        "portal",
        "rights",
        "vault",
        "volunteers",
    }
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
LEFT_OUT = "…"
# A handler that fails would print the arguments of the message.
logging.raiseExceptions = False


class PlainFormatter(logging.Formatter):
    """What happened and where in the code, never what somebody sent or a row holds.

    Of a request its status, method and route: a path names people and may be a key. Of an exception its type
    and places: a database error quotes rows. Of a library's message the words and numbers that its authors
    wrote; our own loggers may say more.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the frames of an exception."""
        text = f"{record.levelname} {record.name}: {_said(record)}"
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            places = " < ".join(
                f"{f.name} ({f.filename}:{f.lineno})" for f in reversed(frames[-8:])
            )
            text += f" [{record.exc_info[0].__name__} at {places}]"
        return text


def _said(record: logging.LogRecord) -> str:
    if hasattr(record, "request"):
        return _request(record)
    ours = record.name.partition(".")[0] in OURS
    if not isinstance(record.msg, str) or not (ours or record.args):
        # Perhaps words with values in them already: the place tells which words they are.
        return f"{record.funcName} ({record.pathname}:{record.lineno})"
    harmless = str | int | float | UUID if ours else int | float
    try:
        return record.msg % _each(record.args, lambda value: _plain(value, harmless))
    except (TypeError, ValueError, KeyError):
        return record.msg


def _request(record: logging.LogRecord) -> str:
    request: Any = record.request  # type: ignore[attr-defined]
    match = getattr(request, "resolver_match", None)
    method = getattr(request, "method", None)
    return " ".join(
        [
            str(getattr(record, "status_code", "-")),
            method if method in METHODS else "another method",
            f"/{match.route}" if match else "no page",
        ]
    )


def _each(args: Any, plain: Any) -> Any:
    if isinstance(args, dict):
        return {key: plain(value) for key, value in args.items()}
    return tuple(plain(value) for value in args or ())


def _plain(value: Any, harmless: Any) -> Any:
    """A value that may be written; of an exception its type, or the words that we gave it."""
    if isinstance(value, harmless) or (isinstance(value, BaseException) and _is_ours(value)):
        return value
    if isinstance(value, BaseException):
        return (isinstance(value, OSError) and value.strerror) or type(value).__name__
    return LEFT_OUT


def _is_ours(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] in OURS
