"""An installation apart from pytest's, with a mail server that can be told to misbehave: for the measurements."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from portal import demo, embedded, migrations, municipality
from portal.db import Sessions, connect, transaction
from portal.embedded import Servers
from portal.settings import Settings, municipality_from, smtp_from_url
from tests.faults.mailserver import MailServer


@contextmanager
def servers() -> Iterator[Servers]:
    """Start PostgreSQL, with the schema, and Redis in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        data.chmod(0o755)  # the servers may run as somebody else
        with embedded.servers(data / "portal") as started:
            migrations.upgrade(started.database_url)
            yield started


@asynccontextmanager
async def installation(servers: Servers) -> AsyncIterator[tuple[Settings, Sessions, MailServer]]:
    mail = MailServer()
    await mail.start()
    with tempfile.TemporaryDirectory() as uploads:
        settings = Settings(
            database_url=servers.database_url,
            redis_url=servers.redis_url,
            smtp=smtp_from_url(f"smtp://127.0.0.1:{mail.port}"),
            secret="no secret, but long enough for a measurement",
            base_url="http://testserver.local",
            mail_from="portal@stanimaka.example",
            municipality=municipality_from(demo.HERE / "municipality.toml"),
            uploads=Path(uploads),
        )
        sessions = connect(settings.database_url)
        async with transaction(sessions) as db:
            await municipality.establish(db, settings.municipality)
        yield settings, sessions, mail
        await sessions.kw["bind"].dispose()
        mail.go_on()
        await mail.stop()
