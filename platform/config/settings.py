"""One settings module; everything that differs between machines comes from the environment.

Every variable that is read here stands in ``.env.example``; a test holds the two together.
"""

from pathlib import Path

import dj_database_url
import dj_email_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env

ROOT = Path(__file__).resolve().parent.parent.parent
DATA_DIR = env.path("DATA_DIR", ROOT / "var")

# -- What differs between machines ------------------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY")
DEBUG = env.flag("DEBUG", False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL"), conn_max_age=60, conn_health_checks=True
    )
}
REDIS_URL = env.text("REDIS_URL")

EMAIL_URL = env.text("EMAIL_URL", "")
# Without a mail server, mails land in a folder, and the pages say so.
MAIL_IS_REAL = bool(EMAIL_URL)
if MAIL_IS_REAL:
    vars().update(dj_email_url.parse(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Kilohour <kilohour@localhost>")

# -- Grading ---------------------------------------------------------------------------------------

KERNEL_HOST_SOCKET = env.text("KERNEL_HOST_SOCKET", str(DATA_DIR / "run" / "kernels.sock"))
# Learners may wait with so many submissions at once; more is refused with a clear answer.
SUBMISSIONS_WAITING_PER_LEARNER = env.integer("SUBMISSIONS_WAITING_PER_LEARNER", 3)
SUBMISSIONS_PER_MINUTE = env.integer("SUBMISSIONS_PER_MINUTE", 6)  # and learner; 0: no limit
SUBMISSIONS_PER_DAY = env.integer("SUBMISSIONS_PER_DAY", 60)
CHECKS_PER_MINUTE = env.integer("CHECKS_PER_MINUTE", 20)  # and learner; 0: no limit
CHECKS_WAITING_PER_LEARNER = env.integer("CHECKS_WAITING_PER_LEARNER", 1)
# Over this many in one queue, nothing more is taken: they would wait for too long.
SUBMISSIONS_QUEUE_DEPTH = env.integer("SUBMISSIONS_QUEUE_DEPTH", 1000)
SUBMISSION_MAX_BYTES = 5 * 1024 * 1024
# A whole request: the notebook and what else stands in the form.
REQUEST_MAX_BYTES = SUBMISSION_MAX_BYTES + 1024 * 1024

# -- Live kernels ----------------------------------------------------------------------------------

# A kernel is stopped when nothing was done with it for so long, or no page was open.
LIVE_IDLE_SECONDS = env.integer("LIVE_IDLE_SECONDS", 1500)
LIVE_ALONE_SECONDS = env.integer("LIVE_ALONE_SECONDS", 420)

# -- Django ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "curriculum",
    "cohorts",
    "submissions",
    "workbench",
    "progress",
    "study",
    "api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.usersessions",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
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
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.TimezoneMiddleware",
    "common.middleware.BodyLimitMiddleware",
    "common.middleware.CharsetMiddleware",
    "common.middleware.ErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
CSRF_FAILURE_VIEW = "common.views.csrf_failure"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context.site",
            ],
        },
    }
]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
# What is named by its content is kept for good: collected files, and the notebook's parts as they were built.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.*(\.[0-9a-f]{12}\.\w+|/parts/[\w-]+-[0-9A-Z]{8}\.js)$"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "common.storage.StaticFilesStorage"
        )
    },
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

DATA_UPLOAD_MAX_MEMORY_SIZE = SUBMISSION_MAX_BYTES
FILE_UPLOAD_MAX_MEMORY_SIZE = SUBMISSION_MAX_BYTES
# The exercise page without its script has four fields for each of a learner's own cells, of which there may be 500.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2100

# -- Accounts (django-allauth) ---------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "study:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = (
    True  # not ..._CHANGE: it would tell who has an account
)
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "Kilohour"

SOCIALACCOUNT_PROVIDERS = {
    name: {
        "APPS": [{"client_id": client_id, "secret": env.text(f"{name.upper()}_CLIENT_SECRET")}],
        "SCOPE": scope,
    }
    for name, client_id, scope in [
        ("github", env.text("GITHUB_CLIENT_ID", ""), ["user:email"]),
        ("google", env.text("GOOGLE_CLIENT_ID", ""), ["profile", "email"]),
    ]
    if client_id
}

SOCIAL_SIGN_IN_ORIGINS = [
    {"github": "https://github.com", "google": "https://accounts.google.com"}[name]
    for name in SOCIALACCOUNT_PROVIDERS
]

# -- Celery: the database is the truth, the queue a hint --------------------------------------------

CELERY_BROKER_URL = REDIS_URL
# A learner who submits does not wait for a broker that is down: the row is there, and beat finds it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_connect_timeout": 2,
}
# Celery would close them before and after each task; to log in costs more than all that a task asks for.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False  # our leases redeliver, not the broker
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "submit"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "run" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "requeue-lost-runs": {
        "task": "submissions.tasks.requeue_lost_runs",
        "schedule": 5.0,
        "options": {"queue": "check", "expires": 5.0},
    },
    "remove-old-trials": {
        "task": "submissions.tasks.remove_old_trials",
        "schedule": 3600.0,
        "options": {"queue": "regrade", "expires": 3600.0},
    },
}

# -- API -------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "api.problems.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "120/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Kilohour",
    "DESCRIPTION": "Hand in notebooks and read their reports.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {"ExerciseKindEnum": "curriculum.models.Exercise.Kind"},
}

# -- Security --------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        # Browsers apply this to where a form leads on to, too: signing in at another site's.
        "form-action": [SELF, *SOCIAL_SIGN_IN_ORIGINS],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
