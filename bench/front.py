"""The portal as a phone meets it, behind TLS 1.3 and HTTP/2, in a process of its own; filled as the demonstration is.

In an installation Caddy or nginx stands in front; here hypercorn does, with a certificate thrown away afterwards.
"""

import asyncio
import multiprocessing
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import lab
import trustme
from hypercorn.asyncio import serve
from hypercorn.config import Config
from sqlalchemy import select

from portal import clock, demo
from portal.app import create_app
from portal.cases.model import Case, Kind, Publication
from portal.commands.serve import KEEP_ALIVE
from portal.db import Sessions, connect, transaction
from portal.embedded import Servers
from portal.intake import confirmation, submission
from portal.settings import Settings
from portal.tokens import Tokens

BARE = b"<!doctype html><html lang=en><title>bare</title><p>hello<!--"


@dataclass(frozen=True)
class Front:
    """`pages`: the addresses of what people open, by name."""

    port: int
    settings: Settings
    pages: dict[str, str]


@contextmanager
def front(started: Servers) -> Iterator[Front]:
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        urls = {"database_url": started.database_url, "redis_url": started.redis_url, "smtp_url": "smtp://127.0.0.1:1"}
        settings = demo.settings(Path(folder), port=port, **urls)
        certificate = Path(folder) / "certificate.pem"
        trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
        spawn = multiprocessing.get_context("spawn")
        serving = spawn.Process(target=_serve, args=(settings, listener, certificate), daemon=True)
        serving.start()
        try:
            yield Front(port, settings, asyncio.run(_filled(settings)))
        finally:
            serving.terminate()
            serving.join()


def _serve(settings: Settings, listener: socket.socket, certificate: Path) -> None:
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile = config.keyfile = str(certificate)
    config.keep_alive_timeout = KEEP_ALIVE
    config.errorlog = None
    portal = create_app(settings)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/bare":
            await _bare(scope, send)
        else:
            await portal(scope, receive, send)

    asyncio.run(serve(app, config, shutdown_trigger=asyncio.Event().wait))


async def _bare(scope: Any, send: Any) -> None:
    """Answer with the word „hello“ in the bytes that are wanted: no page of that weight can be faster."""
    size = int(parse_qs(scope["query_string"])[b"size"][0])
    body = BARE + b"x" * (size - len(BARE) - 3) + b"-->"
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _filled(settings: Settings) -> dict[str, str]:
    """Fill the register; let one case wait for its confirmation and another one be received."""
    sessions = await lab.demonstration(settings.database_url)
    waiting = await _submitted(sessions, "waits")
    case = await _submitted(sessions, "received")
    async with transaction(sessions) as db:
        confirmed = await confirmation.confirm(db, case.id, settings.municipality, at=clock.now())
        assert confirmed is not None
        tokens = Tokens(settings.secret)
        pages = {
            "front page": "/",
            "register": "/register",
            "form": "/submit/signal",
            "sent": f"/submit/sent/{tokens.sent(waiting)}",
            "confirm": f"/confirm/{tokens.confirm(waiting, waiting.address_version)}",
            "receipt": f"/track/{tokens.track(confirmed)}",
            "case": f"/register/{confirmed.incoming_year}/{confirmed.incoming_seq}",
        }
    await sessions.kw["bind"].dispose()
    return pages


async def _submitted(sessions: Sessions, draft: str) -> Case:
    sent = submission.Submission(
        draft=draft,
        kind=Kind.SIGNAL,
        name="Пенка Стоянова",
        phone="+359888123456",
        email="penka@example.bg",
        title="Дупка на ул. Речна",
        text="Дупката пред номер 5 е станала кратер, вчера падна дете с колело.",
        place="ул. Речна 5",
        topic=None,
        publication=Publication.UNNAMED,
    )
    async with transaction(sessions) as db:
        return await submission.submit(db, sent, at=clock.now())


async def confirmation_link(settings: Settings) -> str:
    """Return the address behind the link in the letter that was written last."""
    sessions = connect(settings.database_url)
    async with transaction(sessions) as db:
        case = await db.scalar(select(Case).order_by(Case.id.desc()).limit(1))
        assert case is not None
        address = f"/confirm/{Tokens(settings.secret).confirm(case, case.address_version)}"
    await sessions.kw["bind"].dispose()
    return address
