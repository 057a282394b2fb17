"""The table of the crash points: each so many times (100, or the first argument), how many letters lost, doubled.

Run as `python -m bench.crash_points [tries [point …]]`: it uses the processes and the mail server of tests/faults.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.crash_points import POINTS, Place, Result, tried
from tests.faults.mailserver import MailServer

from portal import demo, embedded, migrations, municipality
from portal.db import connect, transaction
from portal.settings import Settings, municipality_from, smtp_from_url


def main() -> None:
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"{'':42} {'tries':>5} {'written':>7} {'lost':>5} {'doubled':>7} {'most copies':>11} {'seconds':>8}")
    for point in [one for one in POINTS if not sys.argv[2:] or one in sys.argv[2:]]:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            data.chmod(0o755)  # the servers may run as somebody else
            with embedded.servers(data / "portal") as servers:
                migrations.upgrade(servers.database_url)
                began = time.monotonic()
                found = asyncio.run(measure(point, data, servers, tries))
        figures = f"{found.written:7} {found.lost:5} {found.doubled:7} {found.most_copies:11}"
        print(f"{point:42} {tries:5} {figures} {time.monotonic() - began:8.0f}", flush=True)


async def measure(point: str, data: Path, servers: embedded.Servers, tries: int) -> Result:
    mail = MailServer()
    await mail.start()
    (data / "uploads").mkdir()
    settings = Settings(
        database_url=servers.database_url,
        redis_url=servers.redis_url,
        smtp=smtp_from_url(f"smtp://127.0.0.1:{mail.port}"),
        secret="no secret, but long enough for a measurement",
        base_url="http://testserver.local",
        mail_from="portal@stanimaka.example",
        municipality=municipality_from(demo.HERE / "municipality.toml"),
        uploads=data / "uploads",
    )
    sessions = connect(settings.database_url)
    async with transaction(sessions) as db:
        await municipality.establish(db, settings.municipality)
    found = await tried(point, Place(settings, sessions, servers, mail, tries))
    await sessions.kw["bind"].dispose()
    await mail.stop()
    return found


if __name__ == "__main__":
    main()
