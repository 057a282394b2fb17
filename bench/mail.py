"""How many e-mails a second leave through the whole outbox, beside a loop that only talks to the mail server.

Each e-mail of the outbox is claimed, made, sent and noted as accepted, and claim and note are on disk before the next
begins. The bare loop sends letters made beforehand, over one connection, to the same server in the same run.
"""

import asyncio
import statistics
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import lab
from sqlalchemy import select, update

from portal import clock, demo
from portal.cases.model import Case, Event, Kind, Publication
from portal.db import Sessions, connect, transaction
from portal.embedded import Servers, mailcatcher
from portal.intake import submission
from portal.jobs import Work
from portal.mail.letters import Letters
from portal.mail.outbox import Email
from portal.settings import Settings

EMAILS, ROUNDS, AT_ONCE = 100, 3, 4


def main() -> None:
    with lab.servers() as servers, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), servers))


async def measure(data: Path, servers: Servers) -> None:
    async with mailcatcher.catch(data / "mail") as catcher:
        settings = demo.settings(
            data, port=8000, database_url=servers.database_url, redis_url=servers.redis_url, smtp_url=catcher.url
        )
        sessions = connect(settings.database_url)
        await submit(sessions)
        letters = await made(sessions, settings)
        work = Work(settings, sessions)

        async def bare() -> None:
            async with aiosmtplib.SMTP(hostname=settings.smtp.host, port=settings.smtp.port, start_tls=False) as smtp:
                for letter in letters:
                    await smtp.send_message(letter)

        async def outbox() -> None:
            assert await work.send_emails() == EMAILS

        async def outbox_at_once() -> None:
            assert sum(await asyncio.gather(*(work.send_emails() for _ in range(AT_ONCE)))) == EMAILS

        ways = {
            "bare aiosmtplib": bare,
            "outbox": outbox,
            f"outbox, {AT_ONCE} at once": outbox_at_once,
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                await queue_all(sessions)
                began = time.perf_counter()
                await way()
                taken[name].append(time.perf_counter() - began)
        await sessions.kw["bind"].dispose()
    tell({name: EMAILS / statistics.median(seconds) for name, seconds in taken.items()})


async def submit(sessions: Sessions) -> None:
    async with transaction(sessions) as db:
        for number in range(EMAILS):
            sent = submission.Submission(
                draft=f"draft {number}",
                kind=Kind.SIGNAL,
                name="Пенка Стоянова",
                phone="+359888123456",
                email=f"penka{number}@example.bg",
                title="Дупка на ул. Речна",
                text="Дупката пред номер 5 е станала кратер, вчера падна дете с колело.",
                place="ул. Речна 5",
                topic=None,
                publication=Publication.UNNAMED,
            )
            await submission.submit(db, sent, at=clock.now())


async def made(sessions: Sessions, settings: Settings) -> list[EmailMessage]:
    making = Letters(settings)
    everything = select(Email, Event, Case).join(Event, Event.id == Email.event_id).join(Case, Case.id == Email.case_id)
    async with transaction(sessions) as db:
        return [making.letter(email, event, case) for email, event, case in await db.execute(everything)]


async def queue_all(sessions: Sessions) -> None:
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(state="queued", accepted_at=None, lease_until=None, attempts=0))


def tell(rates: dict[str, float]) -> None:
    bare, *_ = rates.values()
    print(f"{'':20} {'e-mails/s':>10} {'ratio':>6}   ({EMAILS} e-mails, median of {ROUNDS})")
    for name, rate in rates.items():
        print(f"{name:20} {rate:10.0f} {rate / bare:6.2f}")


if __name__ == "__main__":
    main()
