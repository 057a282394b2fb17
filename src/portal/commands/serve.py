import argparse
import asyncio
import os
import tempfile

import uvicorn
from litestar import Litestar

from portal import logs, schema
from portal.app import create_app
from portal.settings import Settings, from_environment

KEEP_ALIVE = 75
"""Seconds: a keystroke after a pause would otherwise pay for a new connection (a second on 3G)."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes")


def run(given: argparse.Namespace) -> None:
    logs.begin()
    settings = from_environment()
    asyncio.run(schema.check_before_start(settings.database_url))
    with tempfile.TemporaryDirectory(prefix="portal-metrics-") as shared:
        if given.workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared  # noqa: TID251 - the library looks for it there alone
        _serve(given, settings)


def _serve(given: argparse.Namespace, settings: Settings) -> None:
    uvicorn.run(
        "portal.commands.serve:application",
        factory=True,
        host=given.host,
        port=given.port,
        workers=given.workers,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=10,
        server_header=False,
        access_log=False,
        log_config=None,
    )


def application() -> Litestar:
    logs.begin()
    return create_app(from_environment())
