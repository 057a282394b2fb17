"""The made-up municipality of the demonstration: its settings, its people, its cases."""

import secrets
from pathlib import Path

from sqlalchemy import select

from portal import clock, municipality
from portal.accounts import signin
from portal.db import Sessions, transaction
from portal.settings import Settings, municipality_from, smtp_from_url
from portal.staff.model import Role, Staff

HERE = Path(__file__).parent
CASES = HERE / "cases.jsonl"
PASSWORD = "stanimaka-2020"  # noqa: S105 - of made-up people, on a server that listens to this machine alone
OPERATOR = "maria@stanimaka.example"
PEOPLE = (
    (OPERATOR, "Мария Иванова", Role.OPERATOR, None),
    ("georgi@stanimaka.example", "Георги Петров", Role.OPERATOR, None),
    ("sekretar@stanimaka.example", "Елена Димитрова", Role.HEAD, None),
    ("works@stanimaka.example", "Стоян Колев", Role.DEPARTMENT, "works"),
    ("admin@stanimaka.example", "Росица Ангелова", Role.ADMIN, None),
)


def settings(data: Path, *, port: int, database_url: str, redis_url: str, smtp_url: str) -> Settings:
    (data / "uploads").mkdir(parents=True, exist_ok=True)
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        smtp=smtp_from_url(smtp_url),
        secret=_secret(data / "secret"),
        base_url=f"http://127.0.0.1:{port}",
        mail_from="portal@stanimaka.example",
        municipality=municipality_from(HERE / "municipality.toml"),
        uploads=data / "uploads",
        demonstration=True,
    )


def _secret(file: Path) -> str:
    """Keep one secret with the data: the links in e-mails sent yesterday still open today."""
    if not file.exists():
        file.write_text(secrets.token_urlsafe(32), "ascii")
        file.chmod(0o600)
    return file.read_text("ascii")


async def people(sessions: Sessions, settings: Settings) -> None:
    """Establish the municipality and let its people in, if they are not there yet."""
    async with transaction(sessions) as db:
        await municipality.establish(db, settings.municipality)
        there = set(await db.scalars(select(Staff.email)))
        missing = [one for one in PEOPLE if one[0] not in there]
        password = await signin.hashed(PASSWORD) if missing else None  # once: each hash takes a quarter of a second
        for email, name, role, department in missing:
            staff = await signin.add(db, email, name=name, role=role, department=department, at=clock.now())
            staff.password_hash = password
