"""No log says who somebody is, nor how to get in."""

import io
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from portal.db import Sessions, transaction
from portal.logs import Discreet, masked
from portal.settings import Settings
from portal.tokens import Tokens
from tests.cast import PENKA, Client, form_of, received


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Discreet("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


SECRETS = ("Стоянова", "888123456", "penka@", "кратер", "Речна")


async def forbid(sessions: Sessions, condition: str, table: str = "cases") -> None:
    """Have the database refuse rows: it quotes them whole."""
    async with transaction(sessions) as db:
        await db.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT of_the_test CHECK ({condition}) NOT VALID"))


async def allow(sessions: Sessions, table: str = "cases") -> None:
    async with transaction(sessions) as db:
        await db.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT of_the_test"))


async def test_refused_row_is_not_quoted(client: Client, sessions: Sessions, log: io.StringIO) -> None:
    form = form_of(await client.get("/submit/signal"))
    await forbid(sessions, "title = ''")
    try:
        answer = await client.post("/submit/signal", data={**PENKA, **form})
    finally:
        await allow(sessions)
    assert answer.status_code == 500
    assert "ERROR portal.web.errors POST /submit/{kind}" in log.getvalue()
    assert "of_the_test" in log.getvalue()
    for secret in SECRETS:
        assert secret not in log.getvalue()
        assert secret not in answer.text


async def test_senders_link_is_not_written(
    client: Client, sessions: Sessions, settings: Settings, log: io.StringIO
) -> None:
    token = Tokens(settings.secret).track(await received(sessions, settings))
    await forbid(sessions, "kind = ''", "events")
    try:
        answer = await client.post(f"/track/{token}/withdrawal", data={"reason": "решено е"})
    finally:
        await allow(sessions, "events")
    assert answer.status_code == 500
    assert "of_the_test" in log.getvalue()
    assert token not in log.getvalue()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("POST /track/WzI5OF0.Bx9vAbCdEf/withdrawal", "POST /track/…/withdrawal"),
        ("GET https://a.bg/en/confirm/WzI5OF0.Bx9v-_AbCdEf?x=1", "GET https://a.bg/en/confirm/…?x=1"),
        ("/staff/password/abcdefghijkl", "/staff/password/…"),
        ("/submit/sent/WzI5OF0.Bx9vAb", "/submit/sent/…"),
        ("550 5.1.1 <penka.s+x@example.bg>: unknown", "550 5.1.1 <…@example.bg>: unknown"),
        ("phone +359 888 123 456 and 7523169263", "phone … and …"),
        (
            "Error: no\nDETAIL:  Failing row contains (1, Пенка,\n ул. Речна).\nTraceback (most",
            "Error: no\nDETAIL: …\nTraceback (most",
        ),
        ("asyncpg.Error: x DETAIL:  Key (sender_email)=(a@b.bg) exists.", "asyncpg.Error: x DETAIL: …"),
        ("DETAIL:  (Пенка,\n\nТекст)\n[SQL: INSERT]", "DETAIL: …\n[SQL: INSERT]"),
        (
            "2026-11-29 10:00:00,123 INFO case 2026 took 1234567 us",
            "2026-11-29 10:00:00,123 INFO case 2026 took 1234567 us",
        ),
        ("/static/portal.0123456789abcdef.css", "/static/portal.0123456789abcdef.css"),
    ],
)
def test_what_is_secret_is_masked(said: str, written: str) -> None:
    assert masked(said) == written


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-29 10:00:00,123 INFO case 2026 took 1234567 us",
        "/static/portal.0123456789abcdef.css",
        "GET /register/2026/25 took 0.123456789 s",
        "e-mail 1234567 was not accepted: 550",
        "Uvicorn running on http://127.0.0.1:8000",
    ],
)
def test_the_rest_stays(said: str) -> None:
    assert masked(said) == said
