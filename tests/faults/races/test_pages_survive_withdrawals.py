"""Two servers keep pages in memory; what is withdrawn by one is gone from both with the next request, each time."""

import asyncio
import multiprocessing
import socket
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from portal.app import create_app
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.settings import Settings
from portal.tokens import Tokens
from tests.cast import PENKA, received
from tests.faults.crowd import until

ROUNDS = 40
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%FROM public_version'"


def serve(settings: Settings, listener: socket.socket) -> None:
    uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None, access_log=False)).run([listener])


@pytest.fixture
def servers_of_pages(settings: Settings) -> Iterator[list[str]]:
    """The addresses of two processes of the web server."""
    processes, addresses = multiprocessing.get_context("spawn"), []
    running = []
    for _ in range(2):
        listener = socket.create_server(("127.0.0.1", 0))
        with listener:
            addresses.append(f"http://127.0.0.1:{listener.getsockname()[1]}")
            running.append(processes.Process(target=serve, args=(settings, listener), daemon=True))
            running[-1].start()
    yield addresses
    for process in running:
        process.terminate()
        process.join()


async def test_what_is_withdrawn_is_gone_with_the_next_request(
    servers_of_pages: list[str], sessions: Sessions, settings: Settings
) -> None:
    """While people read both, the sender changes their mind at one of them; now and then what asks is cut off."""
    case = await received(sessions, settings)
    track = f"/track/{Tokens(settings.secret).track(case)}/publication"
    async with httpx.AsyncClient(timeout=60) as client:
        await until(lambda: _both_are_up(client, servers_of_pages))
        reading = [asyncio.create_task(_read(client, one + _page(case))) for one in servers_of_pages]
        for number in range(ROUNDS):
            at = servers_of_pages[number % 2]
            await client.post(at + track, data={"publication": "private"})
            await _see(client, servers_of_pages, case, 404, [])
            await client.post(at + track, data={"publication": "public_unnamed"})
            await _see(client, servers_of_pages, case, 200, [PENKA["title"]])
            if number % 20 == 10:
                async with transaction(sessions) as db:
                    await db.execute(text(CUT))
        for one in reading:
            one.cancel()
        reads = await asyncio.gather(*reading, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in reads)


async def _see(client: httpx.AsyncClient, servers: list[str], case: Case, status: int, words: list[str]) -> None:
    for one in servers:
        answers = await asyncio.gather(client.get(one + _page(case)), client.get(one + "/register"))
        assert answers[0].status_code == status
        for answer in answers:
            assert (PENKA["title"] in answer.text) is bool(words)


async def _read(client: httpx.AsyncClient, address: str) -> None:
    """Keep a page warm, with its ETag as a browser has it."""
    etag = ""
    while True:
        answer = await client.get(address, headers={"If-None-Match": etag})
        assert answer.status_code in {200, 304, 404}
        etag = answer.headers.get("etag", etag)
        await asyncio.sleep(0.02)


def _page(case: Case) -> str:
    return f"/register/{case.incoming_year}/{case.incoming_seq}"


async def _both_are_up(client: httpx.AsyncClient, servers: list[str]) -> bool:
    try:
        answers = [await client.get(one + "/health/live") for one in servers]
    except httpx.TransportError:
        return False
    return all(answer.is_success for answer in answers)
