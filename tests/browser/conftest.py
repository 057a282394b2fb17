"""One Chromium for the run; for each test the portal on a port of its own, and windows that no error passes unseen."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, async_playwright

from portal.app import create_app
from portal.demo.mailbox import mailbox
from portal.settings import Settings
from tests.browser.window import Windows

MISSING = "Chromium is missing: sudo apt-get install chromium"


def chromium() -> str:
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    path = next(filter(None, found), None)
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    return path


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium())
        yield browser
        await browser.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


@pytest.fixture
async def settings(settings: Settings, listener: socket.socket) -> Settings:
    """With the address at which the browser finds us: the links in the e-mails lead there."""
    return replace(settings, base_url=f"http://127.0.0.1:{listener.getsockname()[1]}")


@pytest.fixture
async def portal(settings: Settings, listener: socket.socket, maildir: Path) -> AsyncIterator[str]:
    """The address of the running portal, with the mailbox page of the demonstration."""
    app = create_app(settings, mailbox(maildir))
    web = Web(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(web.serve([listener]))
    while not web.started:  # noqa: ASYNC110 - uvicorn tells it to nobody
        await asyncio.sleep(0.01)
    yield settings.base_url
    web.should_exit = True
    await serving


class Web(uvicorn.Server):
    """Leaves signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture
async def windows(browser: Browser, portal: str) -> AsyncIterator[Windows]:
    windows = Windows(browser, portal)
    yield windows
    await windows.close()
    assert windows.wrong == []
