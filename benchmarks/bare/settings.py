"""Settings of the bare application: Django as it comes, its own templates included.

They are those of the real application as it was before it drew its pages with Jinja2 (decision 50).
"""

import json
import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from confidential.settings import CONTENT_SECURITY_POLICY as REAL_POLICY

BASE = Path(__file__).resolve().parent.parent.parent
PLAIN = json.loads(Path(os.environ["BENCH_PLAIN"]).read_text())

SECRET_KEY = "for measuring only"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
DEMONSTRATION = True
INSTALLED_APPS = [
    "benchmarks.bare",
    "components",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
ROOT_URLCONF = "benchmarks.bare.urls"
WORDS = "django.db.models.TextField"  # how the words of clients are kept
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "benchmarks.bare.context.page",
            ],
        },
    },
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["BENCH_DATABASE"],
        "USER": "bench",
        "HOST": PLAIN["host"],
        "CONN_MAX_AGE": 600,
    },
}
# Tables are laid from the models at once.
MIGRATION_MODULES = dict.fromkeys(["auth", "contenttypes", "sessions", "guardian", "auditlog"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
FORMAT_MODULE_PATH = "confidential.formats"
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
CONTENT_SECURITY_POLICY = REAL_POLICY
