"""The settings of every installation: one file, driven by the environment (`.env.example` names each variable)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import structlog
from csp.constants import NONE, SELF

from admin_theme.unfold import UNFOLD as THEME
from backoffice.environment import BASE_DIR, broker, database, env, secret_key, var_dir
from backoffice.logs import REFUSALS_IN_ONE_LINE

VAR_DIR = var_dir()
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "admin_theme",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "backoffice.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_celery_beat",
    "django_structlog",
    "guardian",
    "simple_history",
    "apps.records",
    "apps.audit",
    "apps.accounts",
    "apps.access",
    "apps.jobs",
    "apps.notifications",
    "apps.catalog",
    "apps.assessments",
    "apps.subscriptions",
    "apps.instructors",
    "apps.enrollments",
    "apps.announcements",
    "apps.reviews",
    "apps.certificates",
    "apps.statistics",
    "apps.reports",
    "imports",
    "import_export",  # after ours, whose command `export` goes first
    "backoffice.apps.BackofficeConfig",
]

MIDDLEWARE = [
    "backoffice.proxy.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.SessionLimitsMiddleware",
    "apps.audit.middleware.OperationMiddleware",
    "apps.audit.middleware.AccessEventsMiddleware",
    "apps.access.middleware.SeeAsMiddleware",
    "apps.access.middleware.RightsMiddleware",
    "apps.accounts.middleware.SecondFactorMiddleware",
    "backoffice.errors.ErrorPagesMiddleware",
]

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
ASGI_APPLICATION = "backoffice.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "backoffice" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database(VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.access.backend.RoleBackend"]
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # guardian's own backend would honor grants that have expired
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
CSRF_FAILURE_VIEW = "backoffice.errors.csrf_failure"
ACCOUNT_ADAPTER = "apps.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"add_email": "apps.accounts.forms.NoAddressForm"}
LOGIN_FAILED_LIMIT = env.str("LOGIN_FAILED_LIMIT", "10/m/ip,5/5m/key")
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Backoffice] "
MFA_REQUIRED = env.bool("MFA_REQUIRED", not DEBUG)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Backoffice"
MFA_TOTP_TOLERANCE = 1  # half a minute either way for a phone whose clock is off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators make accounts, so nobody confirms an address
MFA_ADAPTER = "apps.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "apps.accounts.forms.CodeForm",
    "authenticate_webauthn": "apps.accounts.forms.PasskeyForm",
    "login_webauthn": "apps.accounts.forms.PasskeySignInForm",
    "reauthenticate": "apps.accounts.forms.CodeAgainForm",
    "reauthenticate_webauthn": "apps.accounts.forms.PasskeyAgainForm",
    "add_webauthn": "apps.accounts.forms.NewPasskeyForm",
}
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_GROUP = False
GUARDIAN_MONKEY_PATCH_USER = False

SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 30)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Safety of the transport, everywhere but in development
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", not DEBUG)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'unsafe-eval'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Words, times and files
LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "backoffice.formats"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = VAR_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Mail
EMAIL = env.dj_email_url("EMAIL_URL", "console://")
vars().update({key: value for key, value in EMAIL.items() if key.startswith("EMAIL_")})
# Every mail is written into the outbox first; the job that empties it goes by what EMAIL_URL names.
MAIL_TRANSPORT = EMAIL["EMAIL_BACKEND"]
EMAIL_BACKEND = "apps.notifications.backend.OutboxBackend"
MAIL_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Backoffice <backoffice@example.org>")

# History
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_FILEFIELD_TO_CHARFIELD = True
SIMPLE_HISTORY_DATE_INDEX = False

# Jobs
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(VAR_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULER = "apps.jobs.scheduler:SlotScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TASK_TIME_LIMIT = 6 * 3600
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", 60)
JOB_SWEEP_SECONDS = env.int("JOB_SWEEP_SECONDS", 10)

# The public page that checks certificates: how often an address may ask, and how often for numbers nobody has
VERIFY_LIMIT = env.str("VERIFY_LIMIT", "60/m/ip")
VERIFY_FAILED_LIMIT = env.str("VERIFY_FAILED_LIMIT", "20/10m/ip")

# The review desk: how long a review is held, how long a decision can be taken back, how long a skipped one stays away
REVIEW_CLAIM_MINUTES = env.int("REVIEW_CLAIM_MINUTES", 5)
REVIEW_UNDO_MINUTES = env.int("REVIEW_UNDO_MINUTES", 10)
REVIEW_SKIP_MINUTES = env.int("REVIEW_SKIP_MINUTES", 30)

# Announcements to more learners than this ask for their number to be typed
ANNOUNCEMENT_CONFIRM_ABOVE = env.int("ANNOUNCEMENT_CONFIRM_ABOVE", 100)

# Imports: the limits of a file, and how long files and plans are kept
IMPORT_MAX_FILE_BYTES = env.int("IMPORT_MAX_FILE_BYTES", 100 * 1024 * 1024)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", 250_000)
IMPORT_MAX_COLUMNS = env.int("IMPORT_MAX_COLUMNS", 200)
IMPORT_MAX_CELL_CHARACTERS = env.int("IMPORT_MAX_CELL_CHARACTERS", 32_767)
IMPORT_MAX_ZIP_ENTRIES = env.int("IMPORT_MAX_ZIP_ENTRIES", 1_000)
IMPORT_MAX_ZIP_BYTES = env.int("IMPORT_MAX_ZIP_BYTES", 500 * 1024 * 1024)
IMPORT_MAX_ZIP_RATIO = env.int("IMPORT_MAX_ZIP_RATIO", 100)
IMPORT_MAX_BLANK_ROWS = env.int("IMPORT_MAX_BLANK_ROWS", 100)
IMPORT_MAX_QUESTION_BYTES = env.int("IMPORT_MAX_QUESTION_BYTES", 10 * 1024 * 1024)
IMPORT_MAX_QUESTIONS = env.int("IMPORT_MAX_QUESTIONS", 10_000)
IMPORT_KEEP_FILES_DAYS = env.int("IMPORT_KEEP_FILES_DAYS", 30)
IMPORT_KEEP_PLANS_HOURS = env.int("IMPORT_KEEP_PLANS_HOURS", 24)
IMPORT_KEEP_FEEDS_DAYS = env.int("IMPORT_KEEP_FEEDS_DAYS", 90)
IMPORT_MAX_PLANS_PER_PERSON = env.int("IMPORT_MAX_PLANS_PER_PERSON", 3)
IMPORT_MAX_UPLOADS_PER_DAY = env.int("IMPORT_MAX_UPLOADS_PER_DAY", 500)
IMPORT_LARGE_CHANGE_PERCENT = env.int("IMPORT_LARGE_CHANGE_PERCENT", 20)
IMPORT_APPROVAL_KINDS: list[str] = env.list("IMPORT_APPROVAL_KINDS", [])
IMPORT_ARCHIVINGS_ALONE = env.int("IMPORT_ARCHIVINGS_ALONE", 20)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Subscriptions: how long one that was not paid runs on, and how much one person may give back of one payment alone
SUBSCRIPTION_GRACE_DAYS = env.int("SUBSCRIPTION_GRACE_DAYS", 7)
SUBSCRIPTION_REFUND_ALONE: Decimal = env.decimal("SUBSCRIPTION_REFUND_ALONE", Decimal("100.00"))

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_SKIP_ADMIN_LOG = True

UNFOLD: dict[str, Any] = {
    **THEME,
    "SIDEBAR": {**THEME["SIDEBAR"], "navigation": "backoffice.navigation.sidebar"},
    "GLOBAL_CALLBACK": "apps.notifications.bell.in_header",
}

LOG_FACTS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]
LOG_RENDERING: list[Any] = (
    [structlog.dev.ConsoleRenderer(colors=False)]
    if DEBUG
    else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
)
structlog.configure(
    processors=[*LOG_FACTS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *LOG_RENDERING],
            "foreign_pre_chain": LOG_FACTS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    **REFUSALS_IN_ONE_LINE,
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
