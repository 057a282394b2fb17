"""Redis: everything goes on without it, and e-mails are only a little later."""

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterator
from typing import Any

import httpx
import pytest
from httpx import AsyncClient

from portal.db import Sessions
from portal.embedded import Servers
from portal.jobs import Waker, Work, keep_house
from portal.settings import Settings
from tests.cast import HX, PENKA, employ, form_of, received, sign_in, submitted
from tests.faults import processes
from tests.faults.crowd import outbox, queued_jobs, write_letters
from tests.faults.mailserver import MailServer

LISTENS, LOST = "Starting worker", "Redis is away"


@pytest.fixture
def frozen_redis(servers: Servers, settings: Settings) -> Iterator[None]:
    """It takes connections, and never says anything."""
    _ = settings  # which empties it first
    os.kill(servers.redis.pid, signal.SIGSTOP)
    yield
    os.kill(servers.redis.pid, signal.SIGCONT)


async def answer(request: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
    """Nobody waits longer than two seconds because of Redis."""
    answer = await asyncio.wait_for(request, 2)
    assert answer.status_code == 200, answer.text
    return answer


async def submit_and_reply(client: AsyncClient, settings: Settings, sessions: Sessions) -> None:
    """Penka submits, Maria answers another signal, and somebody tries a password."""
    await received(sessions, settings, draft="of last week", email="ivan@example.bg")
    form = form_of(await client.get("/submit/signal"))
    await answer(client.post("/submit/signal", data={**PENKA, **form}))
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/cases/1/reply", headers=HX))
    sent = {**form, "text": "Дупката е запълнена днес."}
    replied = await answer(client.post("/staff/cases/1/reply", data=sent, headers=HX))
    assert "Дупката е запълнена днес." in replied.text
    guess = {"email": "maria@stanimaka.example", "password": "maria"}
    assert (await asyncio.wait_for(client.post("/staff/sign-in", data=guess), 3)).status_code == 422


async def test_submitting_and_replying_without_it(
    redis: Servers, client: AsyncClient, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """The worker sends by its own look, and once; what it does after Redis is back sends nothing again."""
    redis.redis.stop()
    await submit_and_reply(client, settings, sessions)
    work = asyncio.create_task(Work(settings, sessions).run())
    await mail.has(4, within=10)
    redis.redis.start()
    waker = Waker(settings.redis_url)
    await submitted(sessions, draft="of next week")
    waker.wake()
    await mail.has(5, within=10)
    await waker.close()
    work.cancel()
    await asyncio.wait({work})
    assert len({letter.id for letter in mail.letters}) == len(mail.letters) == 5
    assert {email.state for email in await outbox(sessions)} == {"accepted"}


@pytest.mark.usefixtures("frozen_redis")
async def test_submitting_and_replying_while_it_hangs(
    client: AsyncClient, settings: Settings, sessions: Sessions
) -> None:
    await submit_and_reply(client, settings, sessions)


async def test_readiness_names_it(redis: Servers, client: AsyncClient, sessions: Sessions) -> None:
    await keep_house(sessions)
    assert (await client.get("/health/ready")).status_code == 200
    redis.redis.stop()
    ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert [part for part, state in ready.json().items() if state != "ok"] == ["redis"]
    assert (await client.get("/health/live")).status_code == 200
    redis.redis.start()
    assert (await client.get("/health/ready")).status_code == 200


async def test_readiness_names_it_while_it_hangs(client: AsyncClient, sessions: Sessions, frozen_redis: None) -> None:
    _ = frozen_redis
    await keep_house(sessions)
    ready = await asyncio.wait_for(client.get("/health/ready"), 5)
    assert [part for part, state in ready.json().items() if state != "ok"] == ["redis"]


async def test_the_worker_outlives_it_and_is_woken_again(
    redis: Servers, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """And while it is away, sends without being woken."""
    waker = Waker(settings.redis_url)
    async with processes.portal_work(settings) as worker:
        await processes.says(worker, LISTENS)
        redis.redis.stop()
        await processes.says(worker, LOST)
        await submitted(sessions, draft="while it was away")
        await mail.has(1, within=5)
        redis.redis.start()
        await processes.says(worker, LISTENS)
        await submitted(sessions, draft="when it was back again")
        waker.wake()
        await mail.has(2, within=5)
        assert worker.returncode is None
    await waker.close()
    assert len({letter.id for letter in mail.letters}) == len(mail.letters) == 2


async def test_the_first_wake_after_a_restart_is_heard(redis: Servers, settings: Settings) -> None:
    """The connection it was used to is dead, and nobody has told it yet."""
    waker = Waker(settings.redis_url)
    for times in (1, 2, 3):
        waker.wake()
        await asyncio.gather(*waker._running)
        assert await queued_jobs(settings.redis_url) == times
        redis.redis.stop()
        redis.redis.start()
    await waker.close()


async def test_a_hundred_wakes_at_once_share_one_connection_pool(redis: Servers, settings: Settings) -> None:
    _ = redis
    waker = Waker(settings.redis_url)
    for _ in range(100):
        waker.wake()
    await waker.close()
    assert await queued_jobs(settings.redis_url) == 100


async def test_losing_it_in_the_middle_stops_no_letter(
    redis: Servers, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """What arq woke us for is not arq's to cancel."""
    async with processes.portal_work(settings) as worker:
        await processes.says(worker, LISTENS)
        total = await write_letters(sessions, settings, cases=10)
        mail.hold()
        waker = Waker(settings.redis_url)
        waker.wake()
        await mail.has(in_hand=1)
        await waker.close()
        redis.redis.stop()
        await processes.says(worker, LOST)
        mail.go_on()
        await mail.has(total)
    assert len({letter.id for letter in mail.letters}) == len(mail.letters) == total
