"""The two programs that stand alone, the checker of a log and the witness: as modules, and as commands."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

from confidential.environment import BASE

CHECKER = BASE / "tools" / "verify_log.py"
WITNESS = BASE / "witness" / "witness.py"
VERIFY = [sys.executable, str(CHECKER)]


def loaded(name: str, path: Path) -> Any:
    """The module in this file, which is in no package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


checker = loaded("verify_log", CHECKER)
witness = loaded("witness_program", WITNESS)
