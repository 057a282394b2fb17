"""Everything that differs between installations, read once: the environment, and the municipality's file."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import msgspec
from dkim.crypto import UnparsableKeyError, parse_pem_private_key
from email_validator import EmailNotValidError, validate_email

from portal.errors import OperatorError

ROOT = Path(__file__).parents[2]


class SettingsError(OperatorError):
    """Names the setting and says what is wrong with it."""


class Department(msgspec.Struct, frozen=True):
    code: str
    name: str
    email: str | None = None


class Topic(msgspec.Struct, frozen=True):
    code: str
    name: str
    department: str | None = None


class Secretary(msgspec.Struct, frozen=True):
    """Hears of what is three days overdue."""

    name: str
    email: str


class Prefixes(msgspec.Struct, frozen=True):
    signal: str = "С"
    proposal: str = "П"
    question: str = "В"


class Municipality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The TOML file of the municipality. `days`: the promised days until the reply (the law's own are in deadlines)."""

    name: str
    """As in „сигнал до {name}“: „Община Станимака“."""
    email: str
    phone: str
    address: str
    days: Annotated[int, msgspec.Meta(ge=1, le=60)] = 14
    second_step: bool = True
    """Nobody of the staff works without a code from an app at the sign-in."""
    secretary: Secretary | None = None
    prefixes: Prefixes = Prefixes()
    departments: tuple[Department, ...] = ()
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    """TLS from the first byte (smtps://)."""
    starttls: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """Letters a minute, in all and to one domain, 0 without end; how long what can wait waits for more of its case."""

    per_minute: int = 0
    per_domain: int = 0
    gather: timedelta = timedelta()


NO_PACE = Pace()


@dataclass(frozen=True, slots=True)
class Dkim:
    """The key that signs letters; its public half is in the DNS at {selector}._domainkey.{domain}."""

    domain: str
    selector: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    redis_url: str
    smtp: Smtp
    secret: str = field(repr=False)
    """Signs the links in e-mails: whoever knows it can read every case."""
    base_url: str
    mail_from: str
    municipality: Municipality
    uploads: Path
    """The directory of the pictures."""
    dkim: Dkim | None = None
    mail_incoming: str | None = None
    """Where bounces and answers come to, as portal+{}@signali.example.bg; `portal receive-mail` takes them."""
    pace: Pace = NO_PACE
    former_secrets: tuple[str, ...] = field(default=(), repr=False)
    """Earlier secrets: links that were signed with them still open; nothing new is signed with them."""
    totp_secret: str = field(default="", repr=False)
    """Makes the secrets in the staff's apps instead of `secret`; changed, it ends them all."""
    metrics_token: str = field(default="", repr=False)
    """Opens /metrics; empty: nobody."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses whose X-Forwarded-For is believed, separated by commas."""
    demonstration: bool = False
    """The data are made up, and every page says so."""

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raise SettingsError for the first setting that is missing or wrong."""
    mail_from = _mail_from(_required(environment, "PORTAL_MAIL_FROM"))
    return Settings(
        database_url=_url(environment, "PORTAL_DATABASE_URL", "postgresql", "postgres"),
        redis_url=_url(environment, "PORTAL_REDIS_URL", "redis", "rediss", "unix"),
        smtp=smtp_from_url(_url(environment, "PORTAL_SMTP_URL", "smtp", "smtps")),
        secret=_secret(_required(environment, "PORTAL_SECRET"), "PORTAL_SECRET"),
        former_secrets=tuple(
            _secret(one, "PORTAL_SECRET_FORMER") for one in environment.get("PORTAL_SECRET_FORMER", "").split()
        ),
        totp_secret=_secret(environment["PORTAL_TOTP_SECRET"], "PORTAL_TOTP_SECRET")
        if environment.get("PORTAL_TOTP_SECRET")
        else "",
        base_url=_base_url(environment),
        mail_from=mail_from,
        municipality=municipality_from(Path(_required(environment, "PORTAL_MUNICIPALITY"))),
        uploads=_directory(_required(environment, "PORTAL_UPLOADS")),
        dkim=_dkim(environment, mail_from.rpartition("@")[2]),
        mail_incoming=_mail_incoming(environment.get("PORTAL_MAIL_INCOMING", "").strip()),
        metrics_token=_token(environment.get("PORTAL_METRICS_TOKEN", "").strip()),
        pace=Pace(
            per_minute=_number(environment, "PORTAL_MAIL_PER_MINUTE", 600),
            per_domain=_number(environment, "PORTAL_MAIL_PER_DOMAIN", 120),
            gather=timedelta(seconds=_number(environment, "PORTAL_MAIL_GATHER", 150)),
        ),
        trusted_proxies=environment.get("PORTAL_TRUSTED_PROXIES", "127.0.0.1"),
    )


def municipality_from(file: Path) -> Municipality:
    try:
        found = msgspec.convert(tomllib.loads(file.read_text("utf-8")), Municipality)
    except (OSError, ValueError) as wrong:
        raise SettingsError(f"PORTAL_MUNICIPALITY: {file}: {wrong}") from wrong
    known = {department.code for department in found.departments}
    for topic in found.topics:
        if topic.department is not None and topic.department not in known:
            raise SettingsError(
                f"PORTAL_MUNICIPALITY: {file}: topic {topic.code} names no known department: {topic.department}"
            )
    return found


def smtp_from_url(url: str) -> Smtp:
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    return Smtp(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if tls else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        starttls="starttls=1" in parts.query.split("&"),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is missing. docs/operations.md lists what it is for.")
    return value


def _url(environment: Mapping[str, str], name: str, *schemes: str) -> str:
    value = _required(environment, name)
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises where it is not a number
    except ValueError as wrong:
        raise SettingsError(f"{name} is no address: {wrong}.") from wrong
    if parts.scheme in {"http", "https"} and not parts.hostname:
        raise SettingsError(f"{name} names no host.")
    if parts.scheme not in schemes:
        raise SettingsError(f"{name} must begin with {' or '.join(f'{one}://' for one in schemes)}.")
    return value


def _base_url(environment: Mapping[str, str]) -> str:
    """Over http passwords and links would be read on the way: for tries on one's own machine alone."""
    value = _url(environment, "PORTAL_BASE_URL", "https", "http").rstrip("/")
    host = urlsplit(value).hostname or ""
    is_here = host in {"localhost", "::1"} or host.startswith("127.") or host.endswith((".local", ".localhost"))
    if value.startswith("http://") and not is_here:
        raise SettingsError(f"PORTAL_BASE_URL must begin with https://: {host} is reached over a network.")
    return value


def _token(value: str) -> str:
    shortest = 16
    if value and len(value) < shortest:
        raise SettingsError(f"PORTAL_METRICS_TOKEN is too short: at least {shortest} random characters.")
    return value


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "").strip() or str(default)
    if not re.fullmatch(r"\d{1,9}", value, re.ASCII):
        raise SettingsError(f"{name} is no whole number from 0 on.")
    return int(value)


def _directory(value: str) -> Path:
    folder = Path(value)
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(f"PORTAL_UPLOADS: {folder} is no directory that can be written to.")
    return folder


def _dkim(environment: Mapping[str, str], domain: str) -> Dkim | None:
    """Return how to sign, or nothing where neither setting is there."""
    file, selector = (environment.get(f"PORTAL_DKIM_{name}", "").strip() for name in ("KEY", "SELECTOR"))
    if not file and not selector:
        return None
    if not (file and selector):
        raise SettingsError("PORTAL_DKIM_KEY and PORTAL_DKIM_SELECTOR are given together or not at all.")
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", selector, re.IGNORECASE):
        raise SettingsError("PORTAL_DKIM_SELECTOR is no name in the DNS.")
    try:
        key = Path(file).read_text("ascii")
        parse_pem_private_key(key.encode())
    except (OSError, ValueError, UnparsableKeyError) as wrong:
        raise SettingsError(f"PORTAL_DKIM_KEY: {file} is no RSA key in PEM: {wrong}") from wrong
    return Dkim(domain, selector, key)


def _mail_from(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as wrong:
        raise SettingsError(f"PORTAL_MAIL_FROM is no e-mail address: {wrong}") from None


def _mail_incoming(pattern: str) -> str | None:
    """Check it with the longest extension there can be: RFC 5321 leaves 64 octets before the @."""
    if not pattern:
        return None
    try:
        local, _, _ = pattern.rpartition("@")
        whole = pattern.format("b-9223372036854775807-abcdefghijklmnop")
        if local.count("{}") != 1 or pattern.count("{") != 1 or not whole.isascii():
            raise SettingsError("PORTAL_MAIL_INCOMING has {} once before the @, as portal+{}@signali.example.bg.")
        validate_email(whole, check_deliverability=False, strict=True)
    except (EmailNotValidError, ValueError, IndexError, KeyError) as wrong:
        if isinstance(wrong, SettingsError):
            raise
        raise SettingsError(f"PORTAL_MAIL_INCOMING is no pattern of an e-mail address: {wrong}") from None
    return pattern.lower()


def _secret(value: str, name: str) -> str:
    shortest = 32
    if len(value) < shortest:
        raise SettingsError(f"{name} is too short: at least {shortest} random characters.")
    return value
