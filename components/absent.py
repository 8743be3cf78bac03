"""What a template names and is not there: shown as nothing, and reported.

No person loses a page to it; every test that draws it fails (``tests/undefined.py``).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from jinja2 import Undefined
from jinja2.utils import missing

logger = logging.getLogger(__name__)


def report(what: str) -> None:
    """Say which template names what is not there; tests make a failure of it. Names only, never a value."""
    logger.warning("%s: %s", template_at_work(), what)


def template_at_work() -> str:
    """The name of the innermost template that is being drawn."""
    frame: FrameType | None = sys._getframe()
    while frame and "__jinja_template__" not in frame.f_globals:
        frame = frame.f_back
    return frame.f_globals["__jinja_template__"].name if frame else "no template"


class Absent(Undefined):
    """What a template names and is not there.

    A condition or a loop may ask whether a dict has a key, a form a field, or nothing anything.
    """

    __slots__ = ()

    def _report(self, *_: Any, **__: Any) -> Any:
        report(self._undefined_message)
        return self

    def _ask(self) -> None:
        where = self._undefined_obj
        if where is missing or (where and not hasattr(type(where), "__getitem__")):
            report(self._undefined_message)

    def __str__(self) -> str:
        self._report()
        return ""

    def __bool__(self) -> bool:
        self._ask()
        return False

    def __iter__(self) -> Iterator[Any]:
        self._ask()
        return iter(())

    def __len__(self) -> int:
        self._ask()
        return 0

    def __contains__(self, item: object) -> bool:
        self._ask()
        return False

    def __eq__(self, other: object) -> bool:
        self._ask()
        return other is None or isinstance(other, Undefined)

    def _compare(self, other: object) -> bool:
        self._ask()
        return False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(type(self))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Any:
        return self

    __call__ = _report
    __lt__ = __le__ = __gt__ = __ge__ = _compare  # type: ignore[assignment]
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _report
