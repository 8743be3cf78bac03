"""The rows of all modules here: what each role gets at each address."""

from __future__ import annotations

import importlib
import pkgutil

import tests.access
from tests.access.rows import Row

ROWS: list[Row] = [
    row
    for module in pkgutil.iter_modules(tests.access.__path__)
    if module.name != "all_rows"
    for row in getattr(importlib.import_module(f"tests.access.{module.name}"), "ROWS", [])
]
