"""So many e-mails (10,000, or the first argument) while the mail server refuses for a while: one, two, five workers.

All must arrive once and in order within their case, in flat memory. Run as `python -m bench.mail_crowd`: it uses the
processes and the mail server of tests/faults. Five letters a case; the server is down for the first ten seconds, and of
what it is then asked to take it puts every twentieth off. The ratio is to a bare loop over the same client and letters.
"""

import asyncio
import sys
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

import aiosmtplib
from sqlalchemy import select, text
from tests.faults import processes
from tests.faults.crash_points import EVERY
from tests.faults.crowd import write_letters
from tests.faults.installation import installation, servers
from tests.faults.mailserver import OK, MailServer

from portal.cases.model import Case, Event
from portal.db import Sessions, transaction
from portal.embedded import Servers
from portal.mail.letters import Letters
from portal.mail.outbox import LEASE, Email
from portal.settings import Settings

BARE = 500
AWAY = 10.0


def main() -> None:
    emails = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    for workers in (1, 2, 5):
        with servers() as started:
            asyncio.run(measure(started, emails, workers))


async def measure(started: Servers, emails: int, workers: int) -> None:
    async with installation(started) as (settings, sessions, mail):
        for part in range(0, emails // 5, 200):
            await write_letters(sessions, settings, cases=min(200, emails // 5 - part), draft=f"part {part}")
        bare = await rate_of_bare_loop(sessions, settings, mail)
        await mail.stop()
        begun = [processes.begin(settings, every=EVERY, lease=LEASE) for _ in range(workers)]
        await asyncio.sleep(AWAY)
        await mail.start()
        mail.answers["RCPT"] += ["451 Later" if number % 20 == 0 else OK for number in range(emails)]
        await follow(sessions, mail, begun, emails, bare)


async def rate_of_bare_loop(sessions: Sessions, settings: Settings, mail: MailServer) -> float:
    making = Letters(settings)
    wanted = select(Email, Event, Case).join(Event, Event.id == Email.event_id).join(Case, Case.id == Email.case_id)
    async with transaction(sessions) as db:
        found = await db.execute(wanted.limit(BARE))
        letters = [making.letter(email, event, case) for email, event, case in found]
    began = time.perf_counter()
    async with aiosmtplib.SMTP(hostname=settings.smtp.host, port=settings.smtp.port, start_tls=False) as smtp:
        for letter in letters:
            await smtp.send_message(letter)
    mail.letters.clear()
    return len(letters) / (time.perf_counter() - began)


async def follow(sessions: Sessions, mail: MailServer, workers: list[BaseProcess], emails: int, bare: float) -> None:
    """Let the waits of the refused pass quickly: half an hour of them is no figure."""
    began, memory, tenth = time.perf_counter(), [0, 0], 0.0
    while len(mail.letters) < emails:
        await asyncio.sleep(0.5)
        async with transaction(sessions) as db:
            await db.execute(text("UPDATE emails SET not_before = now() WHERE state = 'queued' AND not_before > now()"))
            await db.execute(text("DELETE FROM resting_domains"))
        if not tenth and len(mail.letters) >= emails / 10:
            tenth, memory[0] = time.perf_counter(), rss(workers)
        memory[1] = rss(workers)
    taken = time.perf_counter() - began
    await asyncio.sleep(2)
    for worker in workers:
        worker.terminate()
        await asyncio.to_thread(worker.join)
    came = Counter(letter.id for letter in mail.letters)
    ids = [(letter.thread, int(letter.id.strip("<>").split("@")[0].rpartition("-")[2])) for letter in mail.letters]
    last: dict[str, int] = {}
    disordered = 0
    for thread, number in ids:
        disordered += last.get(thread, 0) > number
        last[thread] = number
    rate = emails / taken
    print(
        f"{len(workers)} workers: {len(came)} of {emails} came, {sum(came.values()) - len(came)} twice, "
        f"{disordered} out of order; {rate:.0f}/s, bare {bare:.0f}/s, ratio {rate / bare:.2f}; "
        f"memory of each {memory[0] // len(workers)} MB at a tenth, {memory[1] // len(workers)} MB at the end",
        flush=True,
    )


def rss(workers: list[BaseProcess]) -> int:
    """Return megabytes of all of them together."""
    found = 0
    for worker in workers:
        status = Path(f"/proc/{worker.pid}/status").read_text("ascii")
        found += int(status.partition("VmRSS:")[2].split()[0]) // 1024
    return found


if __name__ == "__main__":
    main()
