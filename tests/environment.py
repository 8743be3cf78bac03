"""Loaded before the settings: tests have a folder, a server and a database of their own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

VAR = Path(tempfile.mkdtemp(prefix="confidential-tests-"))
os.environ["CONFIDENTIAL_VAR"] = str(VAR)
os.environ["CONFIDENTIAL_DEMO"] = "true"
os.environ["CONFIDENTIAL_ROLE"] = "app"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop beside Django's threads

pytest.register_assert_rewrite("tests.making")  # its asserts say as much as those of a test


def remove() -> None:
    """Leave nothing behind."""
    from confidential.embedded import Embedded

    Embedded(VAR).stop()
    shutil.rmtree(VAR, ignore_errors=True)


atexit.register(remove)
