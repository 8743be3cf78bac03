"""The bare settings, and the three libraries set up as their own pages say."""

from benchmarks.bare.settings import *  # noqa: F403
from benchmarks.bare.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "guardian", "auditlog", "benchmarks.usual"]
MIDDLEWARE = [*MIDDLEWARE, "auditlog.middleware.AuditlogMiddleware"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
ROOT_URLCONF = "benchmarks.usual.urls"
WORDS = "encrypted_fields.fields.EncryptedTextField"
SALT_KEY = "for measuring only"
