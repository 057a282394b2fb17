"""Many who sign in or send pictures at once keep nobody else from the register."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar

from portal.accounts import signin
from portal.app import create_app
from portal.db import Sessions
from portal.files import attachments
from portal.settings import Settings
from portal.work_queue import MOST, QueueFull, WorkQueue
from tests.cast import PENKA, Client, employ, form_of
from tests.files.test_pictures import drawn

GUESS = {"email": "maria@stanimaka.example", "password": "battery staple"}


class Town:
    """Many requests at once, in the event loop of the test, to an application of its own."""

    def __init__(self, app: Litestar, client: httpx.AsyncClient) -> None:
        self.app = app
        self.get, self.post = client.get, client.post
        self.go_on = threading.Event()

    async def hold(self, queue: WorkQueue) -> None:
        """Keep the queue busy until `go_on` is set."""
        self.holding = asyncio.create_task(queue.run(self.go_on.wait))
        await asyncio.sleep(0)

    @property
    def connections(self) -> int:
        """How many of the database are in use."""
        pools = (self.app.state.sessions, self.app.state.desk_sessions)
        return sum(one.kw["bind"].sync_engine.pool.checkedout() for one in pools)


@asynccontextmanager
async def town(settings: Settings) -> AsyncIterator[Town]:
    app = create_app(settings)
    transport = httpx.ASGITransport(cast("Any", app))
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
        it = Town(app, client)
        yield it
        it.go_on.set()


async def waiting(tasks: set[asyncio.Task[httpx.Response]], least: int) -> None:
    """Return once no more than `least` of them wait."""
    while sum(not task.done() for task in tasks) > least:
        await asyncio.wait(tasks, timeout=0.05)


async def test_forty_sign_ins_hold_no_connection(settings: Settings, sessions: Sessions) -> None:
    await employ(sessions)
    others = [{**GUESS, "email": f"{number}@example.bg"} for number in range(39)]
    async with town(settings) as web:
        await web.hold(signin._queue)
        tasks = {asyncio.create_task(web.post("/staff/sign-in", data=one)) for one in [GUESS, *others]}
        await waiting(tasks, MOST - 1)
        refused = [task.result() for task in tasks if task.done()]
        assert {(one.status_code, one.headers["retry-after"]) for one in refused} == {(503, "5")}
        assert "Опитайте отново след малко" in refused[0].text
        assert web.connections == 0
        assert (await web.get("/register", params={"q": "дупка"})).status_code == 200
        web.go_on.set()
        answers = await asyncio.gather(*tasks)
    assert sorted({one.status_code for one in answers}) == [422, 503]


async def test_pictures_that_wait_hold_no_connection(settings: Settings) -> None:
    picture = [("attachments", ("дупка.jpg", drawn()))]
    async with town(settings) as web:
        form = {**PENKA, **form_of(await web.get("/submit/signal"))}
        sent = [{**form, "draft": f"{number:016}", "email": f"{number}@example.bg"} for number in range(24)]
        await web.hold(attachments._queue)
        tasks = {asyncio.create_task(web.post("/submit/signal", data=one, files=picture)) for one in sent}
        await waiting(tasks, MOST - 1)
        refused = [task.result() for task in tasks if task.done()]
        assert {one.status_code for one in refused} == {422}
        for one in refused:
            assert "в момента пристигат твърде много снимки" in one.text
            assert PENKA["name"] in one.text
        assert web.connections == 0
        web.go_on.set()
        answers = await asyncio.gather(*tasks)
    assert sum(one.status_code == 303 for one in answers) == MOST - 1


@pytest.mark.parametrize("path", ["/submit/signal", "/staff/sign-in", "/track", "/submit/sent/x/address"])
async def test_form_that_comes_slowly_holds_no_connection(settings: Settings, path: str) -> None:
    came = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"text=a"
        came.set()
        await asyncio.Event().wait()

    async with town(settings) as web:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        task = asyncio.create_task(web.post(path, content=slowly(), headers=headers))
        await came.wait()
        await asyncio.sleep(0.05)
        assert web.connections == 0
        task.cancel()
        await asyncio.wait({task})


async def test_who_goes_away_leaves_the_place_to_others() -> None:
    queue, go_on = WorkQueue("test"), threading.Event()
    holding = asyncio.create_task(queue.run(go_on.wait))
    gone = [asyncio.create_task(queue.run(int)) for _ in range(MOST - 1)]
    await asyncio.sleep(0)
    with pytest.raises(QueueFull):
        await queue.run(int)
    for task in (holding, *gone):
        task.cancel()
    await asyncio.wait({holding, *gone})
    others = [asyncio.create_task(queue.run(int)) for _ in range(MOST - 1)]
    await asyncio.sleep(0)
    with pytest.raises(QueueFull):  # what is at work goes on, whoever asked for it
        await queue.run(int)
    go_on.set()
    assert await asyncio.gather(*others) == [0] * (MOST - 1)


async def test_pictures_of_faulty_forms_are_counted_too(client: Client) -> None:
    """120 from an address in a quarter of an hour, in whatever form: the disk is not anybody's to fill."""
    files = [("attachments", (f"{number}.jpg", drawn(size=(16, 8)))) for number in range(3)]
    answers = [await client.post("/submit/signal", data={"text": ""}, files=files) for _ in range(41)]
    assert {one.status_code for one in answers} == {422}
    assert "оттук са изпратени твърде много снимки" not in answers[39].text
    assert "оттук са изпратени твърде много снимки" in answers[40].text
    assert (await client.post("/submit/pictures", files=files[:1])).status_code == 429


async def test_bytes_of_all_together_are_counted(settings: Settings) -> None:
    async with town(settings) as web:
        throttle = web.app.state.throttle
        assert await throttle.allows_picture("192.0.2.1", 900_000 << 10)
        assert not await throttle.allows_picture("192.0.2.2", 200_000 << 10)


async def test_who_is_slowed_takes_nothing_of_what_is_left_for_others(settings: Settings) -> None:
    async with town(settings) as web:
        throttle = web.app.state.throttle
        tries = [await throttle.allows_picture("192.0.2.1", 8 << 20) for _ in range(240)]
        assert sum(tries) < 121
        assert await throttle.allows_picture("192.0.2.2", 8 << 20)
