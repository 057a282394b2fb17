"""The database: while it is away nobody is told "saved", and what was typed can be sent again when it is back."""

import asyncio
import contextlib
from collections.abc import Iterator

import asyncpg
import pytest
from httpx import AsyncClient
from sqlalchemy import func, select

from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.embedded import Servers
from portal.embedded import servers as start_servers
from portal.jobs import Work, keep_house
from portal.settings import Settings
from portal.tokens import Tokens
from tests.cast import HX, PENKA, form_of, reload, submitted
from tests.conftest import migrate
from tests.faults.crowd import outbox, somebody_waits, until, write_letters
from tests.faults.mailserver import MailServer

SORRY = "Услугата временно не работи"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Of our own: the other tests need theirs."""
    with start_servers(tmp_path_factory.mktemp("servers")) as started:
        yield started


@pytest.fixture(scope="module")
def migrated(servers: Servers) -> str:
    return migrate(servers)


@pytest.fixture
def postgres(servers: Servers) -> Iterator[Servers]:
    """The servers, of which the test may stop PostgreSQL."""
    yield servers
    if not servers.postgres.running:
        servers.postgres.start()


async def cases(sessions: Sessions) -> int:
    async with transaction(sessions) as db:
        return await db.scalar(select(func.count()).select_from(Case)) or 0


async def test_away_it_is_said_in_words_and_back_it_works(
    postgres: Servers, client: AsyncClient, sessions: Sessions
) -> None:
    await keep_house(sessions)
    form = {**PENKA, **form_of(await client.get("/submit/signal"))}
    postgres.postgres.stop()
    answer = await client.post("/submit/signal", data=form)
    assert answer.status_code == 503
    assert SORRY in answer.text
    assert "<!doctype html>" in answer.text.lower()
    swapped = await client.get("/register?q=дупка", headers=HX)
    assert swapped.status_code == 503
    assert swapped.headers["HX-Retarget"] == "#notice"
    assert swapped.text.startswith("<p")
    ready = await client.get("/health/ready")
    assert ready.status_code == 503
    assert {part for part, state in ready.json().items() if state != "ok"} == {"database", "schema", "worker", "emails"}
    assert (await client.get("/health/live")).status_code == 200

    postgres.postgres.start()
    assert (await client.get("/health/ready")).status_code == 200
    assert (await client.post("/submit/signal", data=form)).status_code == 200
    assert await cases(sessions) == 1
    assert [email.message for email in await outbox(sessions)] == ["please_confirm"]


async def test_stopped_in_the_middle_of_a_confirmation(
    postgres: Servers, client: AsyncClient, settings: Settings, sessions: Sessions
) -> None:
    """What the button had begun is undone; pressed again, it gets the first number."""
    case = await submitted(sessions)
    link = f"/confirm/{Tokens(settings.secret).confirm(case, 1)}"
    with pytest.raises(Exception, match="closed"):  # noqa: PT012 - the connection that holds the lock dies as well
        async with transaction(sessions) as db:
            await db.execute(select(Case).with_for_update())
            confirming = asyncio.create_task(client.post(link))
            await until(lambda: somebody_waits(sessions))
            postgres.postgres.stop()
    answer = await confirming
    assert (answer.status_code, SORRY in answer.text) == (503, True)

    postgres.postgres.start()
    assert not (await reload(sessions, case)).is_received
    assert "С-0001/" in (await client.post(link)).text


async def test_more_people_than_connections_get_an_answer(servers: Servers, client: AsyncClient) -> None:
    """The server has none left for us: that is "come back later" as well, and no fault of the person's."""
    taken = []
    with contextlib.suppress(asyncpg.TooManyConnectionsError):
        while True:
            taken.append(await asyncpg.connect(servers.database_url))
    answer = await client.get("/register")
    assert (answer.status_code, SORRY in answer.text) == (503, True)
    for connection in taken:
        await connection.close()
    assert (await client.get("/register")).status_code == 200


async def test_an_accepted_letter_is_noted_once_the_database_is_back(
    postgres: Servers, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    """A restart between the mail server's 250 and our note of it is no reason to send the letter twice."""
    work = Work(settings, sessions)
    await submitted(sessions)
    mail.hold()
    sending = asyncio.create_task(work.send_emails())
    await mail.has(in_hand=1)
    postgres.postgres.stop()
    mail.go_on()
    await mail.has(1)
    await asyncio.sleep(0.2)  # in which the first note fails
    postgres.postgres.start()
    assert await sending == 1
    assert [email.state for email in await outbox(sessions)] == ["accepted"]


async def test_the_worker_outlives_it(
    postgres: Servers, settings: Settings, sessions: Sessions, mail: MailServer
) -> None:
    working = asyncio.create_task(Work(settings, sessions, every=0.1).run())
    for letters in (5, 10):
        postgres.postgres.stop()
        await asyncio.sleep(0.3)  # some looks that find nothing
        assert not working.done()
        postgres.postgres.start()
        await write_letters(sessions, settings, cases=1, draft=f"after {letters}")
        await mail.has(letters)
    working.cancel()
    await asyncio.wait({working})
    assert len(mail.letters) == 10
