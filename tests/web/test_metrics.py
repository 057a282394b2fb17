"""Who watches: the metrics, and the line on the staff's pages that is there only when something is wrong."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import update

from portal import clock, health, heartbeat
from portal.app import create_app
from portal.db import Sessions, transaction
from portal.heartbeat import WORKER, Heartbeat
from portal.mail.outbox import Email
from portal.settings import Settings
from tests.cast import Client, Post, employ, sign_in, submitted

TOKEN = {"Authorization": "Bearer a token that is long enough"}


@pytest.fixture
async def watched(settings: Settings) -> AsyncIterator[Client]:
    settings = replace(settings, metrics_token="a token that is long enough")
    async with AsyncTestClient(create_app(settings)) as client:
        yield client


async def ago(sessions: Sessions, time: timedelta) -> None:
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(written_at=Email.written_at - time, not_before=Email.not_before - time))
        await db.execute(update(Heartbeat).values(at=Heartbeat.at - time))


async def test_metrics_need_the_token(client: Client, watched: Client) -> None:
    assert (await client.get("/metrics", headers=TOKEN)).status_code == 404, "none is set"
    for wrong in ("", "Bearer", "Bearer \u00e9"):
        headers = {b"Authorization": wrong.encode()}
        assert (await watched.get("/metrics", headers=headers)).status_code == 404
    assert (await watched.get("/metrics", headers=TOKEN)).status_code == 200


async def test_metrics_tell_of_letters_workers_and_requests(watched: Client, sessions: Sessions, post: Post) -> None:
    await post.work.keep_house()
    await submitted(sessions)
    await post.deliver()
    await submitted(sessions, draft="another", text="Друга дупка")
    await ago(sessions, timedelta(minutes=2))
    await watched.get("/track/somebodys-secret")
    await watched.get("/register")
    told = (await watched.get("/metrics", headers=TOKEN)).text
    assert 'portal_emails{state="queued"} 1.0' in told
    assert 'portal_emails{state="accepted"} 1.0' in told
    assert "portal_email_oldest_unsent_seconds 12" in told
    assert f'portal_worker_heartbeat_age_seconds{{worker="{post.work.name}"}} 12' in told
    assert 'route="/register",status="200"' in told
    assert "somebodys-secret" not in told


async def test_metrics_tell_put_off_from_new(watched: Client, sessions: Sessions) -> None:
    await submitted(sessions)
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(attempts=1))
    told = (await watched.get("/metrics", headers=TOKEN)).text
    assert 'portal_emails{state="deferred"} 1.0' in told
    assert 'portal_emails{state="queued"} 0.0' in told


async def test_staff_are_told_only_when_letters_do_not_leave(client: Client, sessions: Sessions, post: Post) -> None:
    await sign_in(client, sessions, await employ(sessions))
    await post.work.keep_house()
    for path in ("/staff/", "/staff/emails"):
        assert "администратора" not in (await client.get(path)).text
    await submitted(sessions)
    await ago(sessions, timedelta(minutes=16))
    for path in ("/staff/", "/staff/emails"):
        assert "1 писмо чака" in (await client.get(path)).text
        assert "не работи" in (await client.get(path)).text
    await post.work.keep_house()
    assert "Писмата се бавят" in (await client.get("/staff/")).text


async def test_dead_worker_is_named_and_the_others_are_enough(
    settings: Settings, sessions: Sessions, post: Post
) -> None:
    await post.work.keep_house()
    async with transaction(sessions) as db:
        await heartbeat.beat(db, f"{WORKER}other-7", at=clock.now() - timedelta(minutes=10))
    worker = (await health.parts(sessions, settings))["worker"]
    assert worker == "ok, but other-7 silent for 10 min"
    assert health.is_well(worker)
    await ago(sessions, timedelta(minutes=5))
    assert not health.is_well((await health.parts(sessions, settings))["worker"])
    await ago(sessions, timedelta(hours=1))
    await post.work.keep_house()
    assert (await health.parts(sessions, settings))["worker"] == "ok"
