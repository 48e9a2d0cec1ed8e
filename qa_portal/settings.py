"""All configuration of the portal, read top to bottom; what varies comes from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONCE, NONE, SELF

from qa_portal.request_log import without_rows

ROOT = Path(__file__).resolve().parent.parent


class Environment(environ.FileAwareEnv):
    """Environment variables; NAME_FILE names a file that holds the value of a secret."""


env = Environment()

# --- What kind of installation this is -------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# The demo has public passwords, a clock that can be moved, and no second factor: checks.py refuses it in production.
DEMO = env.bool("DEMO", default=False)
DEMO_CLOCK_FILE = env.str("DEMO_CLOCK_FILE", default=str(ROOT / ".data" / "demo-clock"))
PRODUCTION = not (DEBUG or DEMO or env.bool("TESTING", default=False))
SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="not-secret-" + "x" * 50)
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname or "localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

PORTAL = {
    "organisation": env.str("PORTAL_ORGANISATION", default="Larkfield Awards"),
    "service": env.str("PORTAL_SERVICE", default="Quality assurance"),
    "brand_colour": env.str("PORTAL_BRAND_COLOUR", default="#0B3640"),
    "support_email": env.str("PORTAL_SUPPORT_EMAIL", default="support@awarding.example"),
}

# --- Applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_tables2",
    "crispy_forms",
    "django_htmx",
    "pgtrigger",
    "csp",
    "anymail",
    "django_structlog",
    "qa_portal",
    "centres",
    "verification",
    "sampling",
    "reports",
]
if env.bool("ZEAL", default=False):
    INSTALLED_APPS.append("zeal")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qa_portal.request_log.PrivateRequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "centres.access.AccessMiddleware",
    "centres.session.SessionEndMiddleware",
    "centres.second_factor.SecondFactorMiddleware",
    "qa_portal.tenancy.TenancyMiddleware",
    "qa_portal.refusals.WrongMethodMiddleware",
]

ROOT_URLCONF = "qa_portal.urls"
WSGI_APPLICATION = "qa_portal.wsgi.application"
FORM_RENDERER = "qa_portal.form_renderer.FormRenderer"
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
                "csp.context_processors.nonce",
                "qa_portal.shell.portal",
            ],
            "builtins": ["qa_portal.templatetags.portal"],
        },
    }
]

# --- Databases -------------------------------------------------------------------------------------------------------

# The runtime signs in as a role that owns nothing, so that row-level security binds it; migrations as the owner.
DATABASE_ROLE = env.str("QA_DATABASE_ROLE", default="runtime")
_database_variable = "MIGRATION_DATABASE_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL"
DATABASES = {"default": env.db(_database_variable, default="postgresql://qa_portal@127.0.0.1:5432/qa_portal")}
DATABASES["default"] |= {
    # PgBouncer in transaction mode cannot keep a cursor or a session setting between statements.
    "DISABLE_SERVER_SIDE_CURSORS": True,
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
}
STAFF_DATABASE_ROLE = "qa_portal_staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "qa_portal.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "qa",
    }
}

# --- People, sign-in, sessions ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "centres.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
# Behind the reverse proxy the address of the caller is the one that the proxy names.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
ACCOUNT_ADAPTER = "qa_portal.sign_in.InvitationOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip" if not PRODUCTION else "20/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "10/m/ip,5/m/key",
}
MFA_ADAPTER = "qa_portal.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PORTAL["organisation"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Verifiers and awarding-organisation staff need a second factor; the demo, with its public passwords, does not.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
USERSESSIONS_TRACK_ACTIVITY = False
# The database, not the cache, holds sessions: Redis may be lost for a minute and nobody is signed out.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=2 * 60 * 60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_WARNING_SECONDS = 300
CSRF_FAILURE_VIEW = "qa_portal.refusals.expired_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- API -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "qa_portal.api_access.ClientCredentials",
        "qa_portal.api_access.PortalSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "qa_portal.api_schema.PortalSchema",
    "DEFAULT_THROTTLE_CLASSES": ["qa_portal.api_access.ClientThrottle"],
    "DEFAULT_THROTTLE_RATES": {"client": env.str("API_RATE", default="600/min")},
    "EXCEPTION_HANDLER": "qa_portal.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PORTAL['organisation']} quality assurance portal",
    "VERSION": "1",
    "DESCRIPTION": "For centres’ own systems and for people’s sessions. Refusals are problem details (RFC 9457).",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    # Bodies are shapes of their own, so nothing is both asked for and answered.
    "COMPONENT_SPLIT_REQUEST": False,
}
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
IDP_OIDC_ADAPTER = "qa_portal.api_access.MachineClients"

# --- Background work -------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/London"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_TASK_DEFAULT_QUEUE = "default"

# --- Files, mail -----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(ROOT / "staticfiles")))
STATICFILES_DIRS = [ROOT / "static"]
EVIDENCE_ROOT = env.str("EVIDENCE_ROOT", default=str(ROOT / ".data" / "evidence"))
EVIDENCE_BUCKET = env.str("EVIDENCE_BUCKET", default="")
_private_files: dict = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {
        "location": EVIDENCE_ROOT,
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
if EVIDENCE_BUCKET:
    _private_files = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": EVIDENCE_BUCKET, "default_acl": "private", "querystring_auth": True},
    }
STORAGES = {
    "default": _private_files,
    "staticfiles": {
        # Compressing takes half a minute, which the demo would pay for nothing.
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if DEMO and not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=50 * 1024 * 1024)
# Whether a file that no scanner has looked at yet may be opened.
OPEN_UNSCANNED_EVIDENCE = env.bool("OPEN_UNSCANNED_EVIDENCE", default=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if env.str("ANYMAIL_BACKEND", default=""):
    EMAIL_BACKEND = env.str("ANYMAIL_BACKEND")
    ANYMAIL = {"WEBHOOK_SECRET": env.str("ANYMAIL_WEBHOOK_SECRET")}
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"{PORTAL['organisation']} <no-reply@awarding.example>"
)

# --- Language, time, forms -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
CRISPY_ALLOWED_TEMPLATE_PACKS = "portal_pack"
CRISPY_TEMPLATE_PACK = "portal_pack"
DJANGO_TABLES2_TEMPLATE = "django_tables2/portal.html"

# --- Security headers ------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=PRODUCTION) else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Logs ------------------------------------------------------------------------------------------------------------

_log_processors = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.filter_by_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    without_rows,
    structlog.processors.UnicodeDecoder(),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [_log_processors[0], *_log_processors[2:]],
        }
    },
    "filters": {"no_paths": {"()": "qa_portal.request_log.NoPaths"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["no_paths"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
        "django_structlog": {"level": "INFO" if PRODUCTION else "WARNING"},
    },
}
structlog.configure(
    processors=[*_log_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
