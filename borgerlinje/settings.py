"""Django settings. Everything a machine may decide comes from the environment; docs/operations.md lists it."""

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from borgerlinje.kit import database

PACKAGE = Path(__file__).resolve().parent
_PLACEHOLDER = "postgresql://bl_owner@/borgerlinje?host=/nonexistent"


def _secret_key() -> str:
    """Return the signing key of the home, or a throw-away one for commands that sign nothing."""
    path = os.environ.get("BORGERLINJE_SECRET_FILE")
    return Path(path).read_text().strip() if path else os.urandom(32).hex()


def _database() -> dict[str, Any]:
    parts = conninfo_to_dict(database.dsn(url=os.environ.get("DATABASE_URL", _PLACEHOLDER)))
    options: dict[str, Any] = {"application_name": "borgerlinje"}
    if "options" in parts:
        options["options"] = parts["options"]
    if os.environ.get("BORGERLINJE_DATABASE_ROLE") == "bl_web":
        options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "borgerlinje"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "OPTIONS": options,
        # The pool asks a connection before it hands it out: after a restart of the database none of the old ones fails a request.
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("BORGERLINJE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("BORGERLINJE_ORIGINS", "").split(",") if origin]
BEHIND_TLS = os.environ.get("BORGERLINJE_BEHIND_TLS", "") == "1"
INSTANCE = os.environ.get("BORGERLINJE_INSTANCE", "")

INSTALLED_APPS = [
    "borgerlinje.kit",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "borgerlinje.cooperation",
    "borgerlinje.staff",
    "borgerlinje.letters",
    "borgerlinje.lines",
    "borgerlinje.guides",
    "borgerlinje.contacts",
    "borgerlinje.dispatch",
    "borgerlinje.channels.phone",
    "borgerlinje.desk",
    "borgerlinje.portal",
    "borgerlinje.console",
    "borgerlinje.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "borgerlinje.kit.compression.Compression",
    "borgerlinje.kit.csp.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "borgerlinje.kit.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "borgerlinje.staff.fence.Fence",
    "allauth.account.middleware.AccountMiddleware",
    "borgerlinje.kit.error_pages.ExpectedErrors",
    "borgerlinje.kit.nul.NoNul",
]

ROOT_URLCONF = "borgerlinje.urls"
ASGI_APPLICATION = "borgerlinje.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts. Nobody signs up: the secretariat makes the accounts.
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("UserAttributeSimilarityValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
ACCOUNT_ADAPTER = "borgerlinje.letters.accounts.LetterAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can have us write to strangers
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the secretariat made the account with its address
MFA_TOTP_ISSUER = "Borgerlinje"
# Steps of 30 seconds: one who types slowly, a telephone whose clock is a little off (RFC 6238, 5.2).
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEHIND_TLS  # localhost only: browsers refuse it elsewhere
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/konsol/"
LOGOUT_REDIRECT_URL = "/"

_SUFFIX = f"_{INSTANCE}" if INSTANCE else ""
SESSION_COOKIE_NAME = f"bl_session{_SUFFIX}"
CSRF_COOKIE_NAME = f"bl_csrf{_SUFFIX}"
LANGUAGE_COOKIE_NAME = f"bl_language{_SUFFIX}"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "borgerlinje.kit.error_pages.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# A cache per process holds nothing that matters; throttles that must hold over several web processes use the database one.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_cache",
    }
}

# E-mail is a row and a job; the worker hands it in at the server of BORGERLINJE_SMTP_URL.
EMAIL_BACKEND = "borgerlinje.letters.backend.QueueBackend"

# The worker's jobs stand in each room's `jobs.py`.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"
FORMAT_MODULE_PATH = ["borgerlinje.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (PACKAGE / "static_built",) if path.is_dir()]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300

LOGGING_CONFIG = None
SIP_WS_URL = os.environ.get("BORGERLINJE_SIP_WS_URL", "")
# Where there are several telephone servers, the addresses of all of them, with spaces between: pages may connect to no other.
SIP_WS_URLS = " ".join(dict.fromkeys(f"{SIP_WS_URL} {os.environ.get('BORGERLINJE_SIP_WS_URLS', '')}".split()))
SIP_HOST = os.environ.get("BORGERLINJE_SIP_HOST", "127.0.0.1")
SIP_PORT = int(os.environ.get("BORGERLINJE_SIP_PORT", "5060"))
SIP_BIND = os.environ.get("BORGERLINJE_SIP_BIND", "")
SIP_EXTERNAL = os.environ.get("BORGERLINJE_SIP_EXTERNAL", "")
