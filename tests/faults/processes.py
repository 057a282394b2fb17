"""Workers and web servers as processes of their own, which can be killed."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from multiprocessing.process import BaseProcess

from portal import demo
from portal.commands.work import until_told
from portal.db import connect
from portal.jobs import Work
from portal.settings import Settings

# Begun from a process that has imported everything: twenty starts in a row cost no twenty times a second.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def begin(settings: Settings, *, every: float, lease: timedelta) -> BaseProcess:
    """Start a worker that looks so often; to be killed, or told to stop."""
    process = _PROCESSES.Process(target=_work, args=(settings, every, lease), daemon=True)
    process.start()
    return process


def _work(settings: Settings, every: float, lease: timedelta) -> None:
    logging.disable(logging.CRITICAL)
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
