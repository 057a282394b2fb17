"""Real servers, and a mail server that misbehaves when told. What a test has stopped runs again after it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pytest
import uvicorn

from portal.app import create_app
from portal.embedded import Servers
from portal.settings import Settings, smtp_from_url
from tests.faults.crowd import until
from tests.faults.mailserver import MailServer


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    server.go_on()
    await server.stop()


@pytest.fixture
async def settings(settings: Settings, mail: MailServer) -> Settings:
    return replace(settings, smtp=smtp_from_url(f"smtp://127.0.0.1:{mail.port}"))


class Web(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def has_started(self) -> bool:
        return self.started


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Over HTTP: the client of the other tests asks one thing after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = Web(uvicorn.Config(create_app(settings), log_config=None, access_log=False))
        serving = asyncio.create_task(web.serve([listener]))
        await until(web.has_started)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        no_limits = httpx.Limits()
        async with httpx.AsyncClient(base_url=address, follow_redirects=True, timeout=120, limits=no_limits) as client:
            yield client
        web.should_exit = True
        await serving


@pytest.fixture
def redis(servers: Servers) -> Iterator[Servers]:
    """The servers, of which the test may stop Redis."""
    yield servers
    if not servers.redis.running:
        servers.redis.start()
