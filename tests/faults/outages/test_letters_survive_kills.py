"""Letters: nothing is lost and nothing is out of order, however often the worker dies."""

import asyncio
import random
import signal
from collections import Counter
from datetime import timedelta

import pytest

from portal import clock
from portal.db import Sessions
from portal.intake import confirmation
from portal.jobs import Waker, Work
from portal.settings import Settings
from tests.cast import submitted
from tests.faults import processes
from tests.faults.crowd import all_accepted, outbox, until, write_letters
from tests.faults.mailserver import MailServer

KILLS = 20
LEASE = timedelta(seconds=4)
UNSENT = {"queued", "sending"}
ORDER = ["please_confirm", "received", "changed", "changed", "changed"]


async def test_twenty_kills_among_500_letters(settings: Settings, sessions: Sessions, mail: MailServer) -> None:
    """Two workers, of which one dies at a time: what comes twice is what was in hand when one died."""
    assert await write_letters(sessions, settings, cases=100) == 500
    chance = random.Random(20200318)  # the same moments at every run, as far as the machine lets them be
    workers = [processes.begin(settings, every=0.2, lease=LEASE) for _ in range(2)]
    may_come_twice: set[str] = set()
    for moment in sorted(chance.sample(range(1, 480), KILLS)):
        await mail.has(moment)
        await asyncio.sleep(chance.uniform(0, 0.02))  # not always at the same step of a letter
        victim = workers.pop(0)
        victim.kill()
        victim.join()
        in_hand = {email.id for email in await outbox(sessions) if email.state == "sending"}
        may_come_twice |= {f"<email-{number}@testserver.local>" for number in in_hand}
        workers.append(processes.begin(settings, every=0.2, lease=LEASE))

    await until(lambda: all_accepted(sessions))
    for worker in workers:
        worker.terminate()
        worker.join()
        assert worker.exitcode == 0

    came = Counter(letter.id for letter in mail.letters)
    twice = {number for number, times in came.items() if times > 1}
    assert len(came) == 500
    assert twice <= may_come_twice
    assert sum(came.values()) - 500 <= KILLS
    for thread in {letter.thread for letter in mail.letters}:
        first_copies = list(
            {letter.id: letter for letter in reversed(mail.letters) if letter.thread == thread}.values()
        )
        assert [letter.event for letter in reversed(first_copies)] == ORDER


async def test_a_letter_that_kills_its_worker_three_times_is_left_to_a_person(
    settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """And the others behind it leave."""
    await submitted(sessions)
    for _ in range(3):
        worker = processes.begin(settings, every=0.2, lease=timedelta(seconds=0.3), dies="before DATA")
        await asyncio.to_thread(worker.join)
    await submitted(sessions, draft="another", email="petar@example.bg")
    worker = processes.begin(settings, every=0.2, lease=LEASE)
    await until(lambda: _none_is_unsent(sessions))
    worker.terminate()
    await asyncio.to_thread(worker.join)
    first, second = await outbox(sessions)
    assert (first.state, first.doubts, first.attempts) == ("failed", 3, 3)
    assert second.state == "accepted"
    assert [letter.to for letter in mail.letters] == ["petar@example.bg"]


async def _none_is_unsent(sessions: Sessions) -> bool:
    return not UNSENT & {email.state for email in await outbox(sessions)}


async def test_told_to_stop_it_finishes_what_is_in_hand(
    settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """What arq woke it for, and however long the mail server takes over it."""
    async with processes.portal_work(settings) as worker:
        await processes.says(worker, "Starting worker")
        await write_letters(sessions, settings, cases=10)
        mail.hold()
        waker = Waker(settings.redis_url)
        waker.wake()
        await mail.has(in_hand=1)
        await waker.close()

        worker.send_signal(signal.SIGTERM)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(worker.wait(), 4)
        mail.go_on()
        assert await worker.wait() == 0
    assert Counter(email.state for email in await outbox(sessions)) == {"accepted": 1, "queued": 49}
    assert len(mail.letters) == 1

    async with processes.portal_work(settings):
        await mail.has(50)
    assert len({letter.id for letter in mail.letters}) == len(mail.letters) == 50


async def test_a_letter_forgotten_in_hand_holds_up_nothing(
    settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    long_ago = clock.now() - confirmation.FORGET_AFTER
    await submitted(sessions, at=long_ago, draft="forgotten while the mail server takes its letter")
    work = Work(settings, sessions)
    mail.hold()
    sending = asyncio.create_task(work.send_emails())
    await mail.has(in_hand=1)
    await work.keep_house()
    mail.go_on()
    assert await sending == 1
    assert await outbox(sessions) == []
