"""The one settings module. Values come from the environment; see ``environment.py``."""

from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from confidential import environment
from confidential.environment import BASE, env
from vault import roles

DEMONSTRATION = environment.is_demonstration()
VAR = environment.var_folder()
ROLE = env.str("CONFIDENTIAL_ROLE", "app", validate=lambda r: r in roles.BY_SHORT_NAME)

# ---- secrets and keys: never in the database, never in this file
SECRET_KEY = environment.secret_key(DEMONSTRATION)
KEYRING_FILE = environment.keyring_file(DEMONSTRATION)
FILES_ROOT = (
    VAR / "files"
    if DEMONSTRATION
    else environment.Path(
        environment.required("CONFIDENTIAL_FILES", "Give the folder for sealed files.")
    )
)

# ---- the log: its name, its signing key (for the sealer), and where it leaves a trace outside the database
LOG_ORIGIN = env.str("LOG_ORIGIN", "confidential.invalid/log")
LOG_KEY_FILE = environment.log_key_file(DEMONSTRATION, LOG_ORIGIN)
LOG_PUBLIC_KEY_FILE = env.path(
    "CONFIDENTIAL_LOG_PUBLIC_KEY", LOG_KEY_FILE.with_name(LOG_KEY_FILE.name + ".pub")
)
LOG_SINK = env.str("LOG_SINK", str(VAR / "log" / "sink") if DEMONSTRATION else "")
# One signed line for each record that was erased: what a backup must not bring back (decision 68).
LEDGER_FILE = environment.ledger_file(DEMONSTRATION)
# Witnesses who cosign the log: "https://host/prefix name+id+base64", with commas between them.
LOG_WITNESSES: list[str] = env.list("LOG_WITNESSES", [])

# ---- who may reach it, and how
DEBUG = False
ALLOWED_HOSTS = (
    ["127.0.0.1", "localhost", "[::1]", "testserver"]
    if DEMONSTRATION
    else environment.required("ALLOWED_HOSTS", "Give the host names, with commas.").split(",")
)
SECURE = not DEMONSTRATION
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if SECURE else []
SECURE_SSL_REDIRECT = SECURE
# Then the address of whoever asks is the one that the proxy itself added to X-Forwarded-For.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
# Of this host only: the rest of an association's domain may hold sites that know nothing of this one.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": browsers then send "Origin: null" with forms, which the check of forged forms refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "confidential",
    "portal",
    "rights",
    "disclosures",
    "clients",
    "volunteers",
    "audit",
    "vault",
    "components",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "guardian",
    "axes",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "confidential.middleware.HeadMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "confidential.compressing.CompressedMiddleware",
    "csp.middleware.CSPMiddleware",
    "confidential.middleware.NothingStaysMiddleware",
    "confidential.middleware.EndedSessionMiddleware",
    "volunteers.middleware.LanguageMiddleware",
    "volunteers.quiet.SlashMiddleware",
    "volunteers.quiet.QuietMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "volunteers.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "confidential.middleware.ErrorPagesMiddleware",
    # One transaction with one principal round each view; innermost, so that nothing runs outside it.
    "audit.middleware.DoorMiddleware",
    "volunteers.middleware.LoginMiddleware",
    "volunteers.middleware.UndertakingMiddleware",
]

ROOT_URLCONF = "confidential.urls"
WSGI_APPLICATION = "confidential.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "NAME": "jinja2",
        "BACKEND": "components.jinja.Jinja2",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,  # the widgets of Django's forms
        "OPTIONS": {
            "environment": "components.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "volunteers.context.page",
            ],
        },
    },
]

# ---- database: each process has its own role; sign-in has a connection of its own
DATABASES = {"default": environment.database(ROLE, DEMONSTRATION)}
DATABASE_ROLES = {"default": roles.BY_SHORT_NAME[ROLE]}
DATABASES["signin"] = environment.database("signin" if ROLE == "app" else ROLE, DEMONSTRATION)
DATABASE_ROLES["signin"] = roles.SIGNIN if ROLE == "app" else roles.BY_SHORT_NAME[ROLE]
# For somebody at the server; a process that serves pages has no such address, and refuses one.
if environment.at_the_server(DEMONSTRATION):
    DATABASES["command"] = environment.database("command", DEMONSTRATION)
    DATABASE_ROLES["command"] = roles.COMMAND
DATABASE_ROUTERS = ["confidential.routers.SigninRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- accounts and sessions
AUTH_USER_MODEL = "volunteers.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "volunteers.backends.AccountBackend",
    "clients.access.backends.NeedToKnowBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("sign_in")
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "volunteers.sessions"
# "__Host-": only this host can set it, and only over an encrypted connection.
OWN_HOST = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{OWN_HOST}session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_MINUTES = 30
CSRF_COOKIE_NAME = f"{OWN_HOST}csrftoken"
CSRF_COOKIE_AGE = None  # with the browser: on a shared telephone it would tell of the visit
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "confidential.views.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECOND_FACTOR_REQUIRED = not DEMONSTRATION

# ---- object permissions (guardian): direct foreign keys only; see clients/models/grants.py
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# W001 looks for guardian's own backend; ours is a subclass that refuses superusers.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W005", "security.W021"]  # of guardian; of HSTS

# ---- lockout (axes): counters in the database, whatever the letter case, whoever claims to forward
AXES_HANDLER = "volunteers.counting.Handler"
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = "volunteers.counting.counted_by"
AXES_USERNAME_CALLABLE = "volunteers.counting.counted_name"
AXES_CLIENT_IP_CALLABLE = "volunteers.counting.client_address"
AXES_LOCKOUT_CALLABLE = "volunteers.counting.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying too early costs no further wait
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are events of our own log
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# ---- cache: none. Django's are pickle, and whoever can write there would run code in the web process
CACHES = {"default": {"BACKEND": "confidential.no_cache.NoCache"}}

# ---- languages and times
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE / "locale"]
FORMAT_MODULE_PATH = "confidential.formats"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# ---- static files: compressed, under hashed names; in a demonstration found directly, unless it has a folder
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", None if DEMONSTRATION else BASE / "staticfiles")
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_ROOT is None
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# ---- uploads
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# In memory only: nothing plain is written to a temporary file.
FILE_UPLOAD_HANDLERS = ["confidential.uploads.InMemoryHandler"]
UPLOAD_MAX_BYTES = 10_000_000

# ---- nothing loads from elsewhere
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "confidential.logs.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handlers write paths.
    "loggers": {name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
}

# Confidential things never reach an error report by e-mail; there is no e-mail at all.
ADMINS: list[tuple[str, str]] = []
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
