"""Django's settings, all of them derived from `oficina.configuration`."""

from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from django.utils.csp import CSP
from psycopg.conninfo import conninfo_to_dict

from oficina.configuration import ROOT, Environment, configuration, package_folder
from oficina.staff.look import UNFOLD  # noqa: F401  a setting

django_stubs_ext.monkeypatch()

_conf = configuration()
_demo = _conf.environment is Environment.DEMO
_test = _conf.environment is Environment.TEST
_production = _conf.environment is Environment.PRODUCTION

BASE_DIR = ROOT
SECRET_KEY = _conf.secret_key.get_secret_value()
DEBUG = False
DEFAULT_EXCEPTION_REPORTER_FILTER = "oficina.shared.error_reports.CarefulReports"
ALLOWED_HOSTS = _conf.allowed_hosts
CSRF_TRUSTED_ORIGINS = [_conf.base_url]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the site is ours (oficina.staff.site), not the one it would make
    "unfold.contrib.filters",
    "oficina.staff.apps.OfficeSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, for the portal's own form renderer
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "heroicons",
    "pgtrigger",
    "procrastinate.contrib.django",
    "oficina.shared",
    "accounts",
    "billing",
    "adhesions",
    "payment_plans",
    "tramites",
    "oficina.pages",
    "oficina.staff.apps.StaffConfig",
]
if _demo or _test:
    INSTALLED_APPS.append("oficina.demo")

MIDDLEWARE = [
    "oficina.shared.health.answer_health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "oficina.shared.request_size.RequestSizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "oficina.shared.audit.middleware.OriginMiddleware",
    "accounts.login_required.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.activity.SessionActivityMiddleware",
    "oficina.staff.attention.seeing.CustomerViewMiddleware",
    "accounts.terms_gate.TermsGateMiddleware",
    "accounts.proof_gate.ProofGateMiddleware",
]

ROOT_URLCONF = "oficina.urls"
WSGI_APPLICATION = "oficina.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates", *([ROOT / "tests" / "templates"] if _test else [])],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oficina.shared.context.utility",
                "oficina.pages.context.navigation",
            ],
            "builtins": [
                "oficina.shared.templatetags.formats",
                "oficina.shared.templatetags.components",
                "oficina.shared.templatetags.containers",
                "oficina.shared.templatetags.fields",
            ],
        },
    }
]

FORM_RENDERER = "oficina.shared.forms.PortalRenderer"

# The database
_database = conninfo_to_dict(_conf.database_url.get_secret_value())
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.pop("dbname", "oficina"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "OPTIONS": {
            **_database,
            "pool": False if _test else {"min_size": 1, "max_size": 8, "timeout": 10},
        },
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Shared by every web process, since rate limits must hold across all of them.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Who is who
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "tests.hashers.QuickArgon2PasswordHasher" if _test else "django.contrib.auth.hashers.Argon2PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough"},
    {"NAME": "accounts.passwords.NotLikeThePerson"},
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": "accounts.passwords.NotOnlyDigits"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.allauth_forms.LoginForm",
    "reset_password": "accounts.allauth_forms.ForgottenPasswordForm",
    "confirm_password_reset_code": "accounts.allauth_forms.ForgottenPasswordCodeForm",
    "reset_password_from_key": "accounts.allauth_forms.NewPasswordForm",
    "change_password": "accounts.allauth_forms.ChangePasswordForm",
    "set_password": "accounts.allauth_forms.FirstPasswordForm",
    "add_email": "accounts.allauth_forms.ChangeMailForm",
    "confirm_email_verification_code": "accounts.allauth_forms.MailCodeForm",
    "reauthenticate": "accounts.allauth_forms.ProvePasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 60 * 15
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    # Typing codes; mails with a code for a registration, bills or a withdrawal, to whatever mail was typed;
    # checking documents, where the form and its answer count one each.
    "code": "30/m/ip",
    "registration_mail": "1/10s/key,6/h/key,60/h/ip",
    "bill_mail": "1/10s/key,6/h/key,10/h/user",
    "withdrawal_mail": "1/10s/key,6/h/key,60/h/ip",
    "verification": "60/m/ip",
    # Messages of the chat: of one customer or browser, and of an address, which may be that of a whole building.
    "chat": "10/m/key,100/d/key,60/m/ip,600/d/ip",
}
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = _conf.proxies_in_front
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.allauth_forms.SecondFactorForm",
    "reauthenticate": "accounts.allauth_forms.ProveSecondFactorForm",
    "activate_totp": "accounts.allauth_forms.ActivateSecondFactorForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # old telephones whose clock is half a minute off
MFA_TOTP_ISSUER = _conf.utility_name
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Who changes what: the log is written by the database, which is told who is at work
PGHISTORY_JSON_ENCODER = "oficina.shared.audit.origin.OriginEncoder"

# Language and time
LANGUAGE_CODE = "es-ar"
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "America/Argentina/Mendoza"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "oficina.formats"

# Static files
STATIC_URL = "static/"
STATIC_ROOT = None if _test else ROOT / "staticfiles"  # tests serve the sources, nothing is collected
STATICFILES_DIRS = [ROOT / "static", ("leaflet", package_folder("leaflet") / "static" / "leaflet")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _test
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = _test
WHITENOISE_AUTOREFRESH = False

# Security
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", *_conf.map_tiles_origins],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    # The payment is a plain form post that the portal answers with a redirect to the hosted checkout.
    "form-action": [CSP.SELF, _conf.stripe_checkout_origin],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _production:
    SECURE_SSL_REDIRECT = True
    # Providers treat a redirect as a failed delivery.
    SECURE_REDIRECT_EXEMPT = [r"^webhooks/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _conf.proxies_in_front else None
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "oficina.pages.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Mail: written to a job in the transaction that causes it, sent by the worker
_mail = urlsplit(_conf.email_url.get_secret_value())
MAILERS: dict[str, dict[str, object]]
if _mail.scheme == "demo":
    MAILERS = {"default": {"BACKEND": "oficina.demo.mailbox.MailboxBackend"}}
elif _mail.scheme in {"smtp", "smtps"}:
    _mail_options = dict(parse_qsl(_mail.query))
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _mail.hostname or "localhost",
                "port": _mail.port or 587,
                "username": unquote(_mail.username or ""),
                "password": unquote(_mail.password or ""),
                "use_tls": _mail.scheme == "smtp" and _mail_options.get("tls", "yes") == "yes",
                "use_ssl": _mail.scheme == "smtps",
                "timeout": 20,
            },
        }
    }
else:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
DEFAULT_FROM_EMAIL = _conf.mail_from
SERVER_EMAIL = _conf.mail_from

# Jobs
PROCRASTINATE_ON_APP_READY = "oficina.shared.queue_setup.set_up_queue"
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4,  # each in a thread with a connection of its own
    "fetch_job_polling_interval": 5.0,  # a new job is told by NOTIFY; this finds what a lost one would leave
    "shutdown_graceful_timeout": 10.0,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": _conf.log_level},
    "loggers": {
        "procrastinate": {"level": "WARNING"},  # it tells every job with its arguments; a failure is an error
        "weasyprint": {"level": "WARNING"},  # it tells every step of every document
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},  # it tells that it was loaded
    },
}

# The utility's rules that models and templates read
UTILITY = _conf
BASE_URL = _conf.base_url.rstrip("/")
BILLING_PERIOD_MONTHS = _conf.billing_period_months
