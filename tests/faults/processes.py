"""Workers and web servers as processes of their own, which can be killed."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import NoReturn

from portal import clock, demo
from portal.commands.work import until_told
from portal.db import connect, transaction
from portal.intake import submission
from portal.jobs import Waker, Work
from portal.mail import outbox, smtp
from portal.settings import Settings
from tests.cast import submission_of_penka

# Begun from a process that has imported everything: twenty starts in a row cost no twenty times a second.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def begin(settings: Settings, *, every: float, lease: timedelta, dies: str = "") -> BaseProcess:
    """Start a worker that looks so often; to be killed, or told to stop. `dies`: at what it kills itself."""
    process = _PROCESSES.Process(target=_work, args=(settings, every, lease, dies), daemon=True)
    process.start()
    return process


def submit(settings: Settings, number: int, dies: str) -> BaseProcess:
    """Start a process that submits a signal as the web server does, and is killed at a point of it."""
    process = _PROCESSES.Process(target=_submit, args=(settings, number, dies), daemon=True)
    process.start()
    return process


def _submit(settings: Settings, number: int, dies: str) -> None:
    asyncio.run(_submitting(settings, number, dies))


async def _submitting(settings: Settings, number: int, dies: str) -> None:
    waker = Waker(settings.redis_url)
    async with transaction(connect(settings.database_url)) as db:
        sent = submission_of_penka(draft=f"draft {number}", email=f"penka{number}@example.bg")
        await submission.submit(db, sent, at=clock.now())
        await db.flush()
        if dies == "before commit":
            die()
    if dies == "after commit":
        die()
    waker.wake()
    if dies == "before enqueue":
        die()
    await waker.close()


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


async def _die_in_the_text(client: smtp.Client, *_: object, **__: object) -> None:
    """Half of the letter is gone to the server; the dot that ends it never comes."""
    await client.execute_command(b"DATA")
    assert isinstance(client.transport, asyncio.Transport)
    client.transport.write(b"Subject: half of")
    await asyncio.sleep(0.02)
    die()


def _work(settings: Settings, every: float, lease: timedelta, dies: str) -> None:
    logging.disable(logging.CRITICAL)
    if dies == "before DATA":
        smtp.Client.data = die  # type: ignore[method-assign]
    if dies == "in the text":
        smtp.Client.data = _die_in_the_text  # type: ignore[method-assign, assignment]
    if dies == "after 250":
        outbox.accepted = die
    if dies == "waits in vain":
        smtp.TO_TAKE = 0.2
    asyncio.run(_until_told(settings, every, lease))


async def _until_told(settings: Settings, every: float, lease: timedelta) -> None:
    await until_told(Work(settings, connect(settings.database_url), every=every, lease=lease))


@contextlib.asynccontextmanager
async def portal_work(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as an operator runs it, with all that it says on its standard error."""
    async with _portal(settings, "work") as process:
        yield process


@contextlib.asynccontextmanager
async def portal_serve(settings: Settings, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The web server, which listens by now."""
    async with _portal(settings, "serve", "--port", f"{port}") as process:
        await says(process, "Uvicorn running")
        yield process


@contextlib.asynccontextmanager
async def _portal(settings: Settings, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    smtp = settings.smtp
    environment = {
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_REDIS_URL": settings.redis_url,
        "PORTAL_SMTP_URL": f"smtp://{smtp.host}:{smtp.port}",
        "PORTAL_SECRET": settings.secret,
        "PORTAL_BASE_URL": settings.base_url,
        "PORTAL_MAIL_FROM": settings.mail_from,
        "PORTAL_MUNICIPALITY": str(demo.HERE / "municipality.toml"),
        "PORTAL_UPLOADS": str(settings.uploads),
    }
    command = (sys.executable, "-m", "portal", *words)
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def says(process: asyncio.subprocess.Process, what: str, within: float = 30) -> str:
    """Wait for a line of the log with these words in it; return all until then."""
    assert process.stderr
    said = ""
    async with asyncio.timeout(within):
        while line := (await process.stderr.readline()).decode():
            said += line
            if what in line:
                return said
    raise AssertionError(f"it ended without “{what}”:\n{said}")
