"""Run a management command that kills itself after so many lines of the rotation's code, in batches of a few.

python tests/vault/killed.py LINES COMMAND [ARGUMENTS]
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path.cwd()))
os.environ["DJANGO_SETTINGS_MODULE"] = "confidential.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from clients.records.actions import hashes_anew  # noqa: E402
from vault import ring_changes, rotation  # noqa: E402

OURS = {rotation.__file__, ring_changes.__file__, hashes_anew.__file__}
left = int(sys.argv[1])


def count(frame: FrameType, event: str, argument: Any) -> Any:
    """One line less; none left is the end."""
    global left
    if frame.f_code.co_filename not in OURS:
        return None
    left -= event == "line"
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return count


rotation.BATCH, hashes_anew.AT_ONCE = 20, 7
sys.settrace(count)
call_command(*sys.argv[2:])
