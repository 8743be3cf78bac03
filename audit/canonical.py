"""The canonical form of an event (RFC 8785), which its leaf commits to. See docs/log-format.md."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any
from uuid import UUID

MEMBERS = (
    "action",
    "actor",
    "actor_kind",
    "actor_role",
    "at",
    "basis",
    "branch",
    "detail",
    "digest",
    "group",
    "id",
    "object_id",
    "object_type",
    "outcome",
    "purpose",
    "revision",
    "subject",
    "subject_kind",
)
EXACT = 2**53
# Where ECMAScript begins to write numbers with an exponent: digits before the point, zeros after it.
LARGEST_PLAIN, SMALLEST_PLAIN = 21, -6


def canonical(event: Mapping[str, Any]) -> bytes:
    """The bytes that are committed to: each column that holds something. The counter is in the tag alone,
    so that opening one leaf does not show how many came before it.

    ``event["detail"]`` is the text that the database gives for it.
    """
    parts = []
    for name in MEMBERS:
        if (value := event[name]) is not None:
            parts.append(f'"{name}":{detail(value) if name == "detail" else _text(_plain(value))}')
    return ("{" + ",".join(parts) + "}").encode()


def canonical_of(columns: list[str]) -> str:
    """The same from an event's columns as ``sec.seal_take`` gives them: text in the order of ``MEMBERS``.

    What is absent is empty there, and ``digest`` stands in its quotes. Written out, because it decides
    how fast the log seals.
    """
    (
        action,
        actor,
        actor_kind,
        actor_role,
        at,
        basis,
        branch,
        details,
        digest,
        group,
        event,
        object_id,
        object_type,
        outcome,
        purpose,
        revision,
        subject,
        subject_kind,
    ) = columns
    actor = f'"actor":"{actor}",' if actor else ""
    branch = f'"branch":"{branch}",' if branch else ""
    digest = f'"digest":{digest},' if digest else ""
    group = f'"group":"{group}",' if group else ""
    object_id = f'"object_id":"{object_id}",' if object_id else ""
    revision = f'"revision":{revision},' if revision else ""
    subject = f'"subject":"{subject}",' if subject else ""
    return (
        f'{{"action":"{action}",{actor}"actor_kind":"{actor_kind}","actor_role":"{actor_role}","at":"{at}Z",'
        f'"basis":"{basis}",{branch}"detail":{detail(details)},{digest}{group}"id":"{event}",{object_id}'
        f'"object_type":"{object_type}","outcome":"{outcome}","purpose":"{purpose}",{revision}{subject}'
        f'"subject_kind":"{subject_kind}"}}'
    )


@lru_cache(maxsize=4096)
def detail(text: str) -> str:
    """The canonical form of an event's detail, from the text the database gives. Most are alike.

    What no double can hold or nobody would nest so deep is committed to as that text: an odd detail must
    not stop the log.
    """
    try:
        return dump(json.loads(text)).decode()
    except (ValueError, OverflowError, RecursionError):
        return dump(text).decode()


def dump(value: Any) -> bytes:
    """RFC 8785. Raises ValueError for what JSON does not know, OverflowError for what no double holds."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, dict):
        # By UTF-16 code units, as the RFC asks.
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_text(key)}:{_text(each)}" for key, each in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_text(each) for each in value) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    if value is None or isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    raise ValueError(f"JSON knows no {type(value).__name__}.")


def _number(value: float) -> str:
    """A number as ECMAScript writes it (RFC 8785, 3.2.2.3): the shortest digits that give this double."""
    double = float(value)
    if not isfinite(double):
        raise OverflowError
    if double.is_integer() and abs(double) <= EXACT:
        return str(int(double))
    sign, digits, exponent = Decimal(repr(double)).normalize().as_tuple()
    text = "".join(str(digit) for digit in digits)
    point = len(text) + int(exponent)  # where the decimal point stands
    if len(text) <= point <= LARGEST_PLAIN:
        text += "0" * (point - len(text))
    elif SMALLEST_PLAIN < point <= 0:
        text = "0." + "0" * -point + text
    elif 0 < point < len(text):
        text = f"{text[:point]}.{text[point:]}"
    else:
        text = text[0] + ("." + text[1:] if len(text) > 1 else "") + f"e{point - 1:+d}"
    return "-" * sign + text


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value
