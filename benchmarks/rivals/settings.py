"""The smallest project that each of the three libraries runs in, in a database of their own."""

import json
import os
from pathlib import Path

SECRET_KEY = "for measuring only"  # noqa: S105 - nothing here is secret
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "auditlog",
    "easyaudit",
    "pgtrigger",
    "pghistory",
    "benchmarks.rivals",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        **json.loads(Path(os.environ["BENCH_RIVALS"]).read_text()),
    }
}
MIDDLEWARE: list[str] = []
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DJANGO_EASY_AUDIT_READONLY_EVENTS = True
