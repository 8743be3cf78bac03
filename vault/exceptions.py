"""What every act may meet: the database refuses, or somebody else was faster."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """The database refused: not permitted, or not possible any more. Nothing was changed.

    ``constraint`` is the rule that it broke, where that has a name; ``detail`` what was in the way;
    ``message`` what a page says of it, where the act has words of its own.
    """

    message: Any = ""

    def __init__(self, act: str, constraint: str = "", detail: str = "", message: Any = "") -> None:
        super().__init__(act, constraint)
        self.constraint, self.detail = constraint, detail
        if message:
            self.message = message

    def __str__(self) -> str:
        return f"{' '.join(self.args)}: {self.message}"


class Conflict(Exception):
    """Somebody else saved this row since it was read. Nothing was written."""

    message = _("Somebody else changed this while you were writing. Your text is kept below.")
