"""How fast this machine is just now, so that a bound in seconds means the same on a busy or a slow one."""

from __future__ import annotations

import re
import time

LOOKED_AT = "a little text with 17 in it, " * 40
NUMBER = re.compile(r"\d{2}, ")
TIMES = 5_000
QUIET = 0.110  # seconds of processor that it takes where the bounds were set


def pace() -> float:
    """How many times slower than that machine this one is now; never less than 1."""
    began = time.process_time()
    for _ in range(TIMES):
        for found in NUMBER.finditer(LOOKED_AT):
            found.group().strip().casefold()
    return max(1.0, (time.process_time() - began) / QUIET)
