"""A plain Django site in production: a kept connection to PostgreSQL, gzip, CSRF, no debugging."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from django.core.wsgi import get_wsgi_application
from django.urls import path

_database = urlsplit(os.environ["DATABASE_URL"])

DEBUG = False
SECRET_KEY = "a yardstick keeps no secret"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "yardstick.settings"
INSTALLED_APPS = ["yardstick"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path[1:],
        "USER": _database.username,
        "HOST": parse_qs(_database.query)["host"][0],
        "CONN_MAX_AGE": None,
    }
}
LANGUAGE_CODE = "bg"
TIME_ZONE = "Europe/Sofia"
USE_TZ = True
LOGGING_CONFIG = None

application = get_wsgi_application()

from yardstick import views  # noqa: E402 - the models need the settings

urlpatterns = [
    path("", views.home, name="home"),
    path("register", views.register, name="register"),
    path("register/<int:year>/<int:number>", views.case, name="case"),
    path("submit/signal", views.submit, name="submit"),
    path("submit/sent/<str:token>", views.sent, name="sent"),
    path("confirm/<str:token>", views.confirm, name="confirm"),
    path("staff", views.worklist, name="worklist"),
    path("staff/cases/<int:case_id>", views.desk, name="desk"),
]
