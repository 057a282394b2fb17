"""Pages kept in memory: shown while nothing changes, and never a moment longer; a person's never."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal import clock
from portal.app import create_app
from portal.cases.model import Case, Publication
from portal.db import Sessions, transaction
from portal.intake import confirmation
from portal.publishing import publication
from portal.settings import Settings
from portal.web.page_cache import PageCache
from tests.cast import HX, PENKA, Client, form_of, received, submitted

BROTLI = {"Accept-Encoding": "br"}
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%FROM public_version'"


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    return await received(sessions, settings)


def cache(client: Client) -> PageCache:
    return cache_by(client.app)


def cache_by(app: Any) -> PageCache:
    pages = app.asgi_handler.app.app
    assert isinstance(pages, PageCache)
    return pages


def address(case: Case) -> str:
    return f"/register/{case.incoming_year}/{case.incoming_seq}"


async def choose(sessions: Sessions, case: Case, choice: Publication) -> None:
    async with transaction(sessions) as db:
        found = await db.get_one(Case, case.id)
        await publication.choose(db, found, choice, at=clock.now())


async def test_page_is_made_once_and_shown_alike(client: Client, case: Case) -> None:
    first = await client.get(address(case))
    again = await client.get(address(case))
    assert len(cache(client).pages) == 1
    assert again.content == first.content
    assert again.headers == first.headers
    assert first.headers["vary"] == "HX-Request, Accept-Language, Accept-Encoding"


async def test_page_that_has_not_changed_is_not_sent_again(client: Client, case: Case) -> None:
    for path in ("/", "/register", "/register?q=дупка", address(case), "/help", "/register.json"):
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        for name in ("etag", "vary", "cache-control", "content-security-policy"):
            assert again.headers.get(name) == first.headers.get(name)


async def test_change_makes_pages_anew_and_those_it_does_not_touch_stay_good(
    client: Client, sessions: Sessions, case: Case
) -> None:
    texts, page = await client.get("/help"), await client.get(address(case))
    await choose(sessions, case, Publication.NAMED)
    assert (await client.get("/help", headers={"If-None-Match": texts.headers["etag"]})).status_code == 304
    changed = await client.get(address(case), headers={"If-None-Match": page.headers["etag"]})
    assert changed.status_code == 200
    assert PENKA["name"] in changed.text


async def test_withdrawn_publication_is_gone(client: Client, sessions: Sessions, case: Case) -> None:
    paths = ("/", "/register", "/register.json", address(case))
    for path in paths:
        assert PENKA["title"] in (await client.get(path)).text
    await choose(sessions, case, Publication.PRIVATE)
    for path in paths:
        assert PENKA["title"] not in (await client.get(path)).text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE topics SET name = 'Улици' WHERE code = 'roads'",
        "UPDATE departments SET name = 'Друг отдел'",
        "UPDATE events SET details = details || '{\"due_on\": \"2031-01-01\"}' WHERE kind = 'received'",
        "TRUNCATE cases CASCADE",
        "INSERT INTO synonyms (phrases, one_way, strength) VALUES ('{кратер, яма}', false, 0.8)",
    ],
)
async def test_whatever_is_changed_counts(client: Client, sessions: Sessions, case: Case, statement: str) -> None:
    await client.get(address(case))
    async with transaction(sessions) as db:
        await db.execute(text(statement))
    await client.get("/help")
    assert [key[0] for key in cache(client).pages] == ["/help"]


async def test_what_awaits_confirmation_empties_no_cache(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    """Whoever sends forms that nobody confirms makes no page anew; what is received does."""
    await client.get(address(case))
    waiting = await submitted(sessions, draft="a draft that waits", email="ivan@example.bg")
    async with transaction(sessions) as db:
        found = await db.get_one(Case, waiting.id)
        assert await confirmation.correct_address(db, found, "petar@example.bg", at=clock.now())
        await db.execute(text("UPDATE cases SET title = 'друго' WHERE received_at IS NULL"))
        await db.execute(text("UPDATE cases SET title = title"))
        await db.execute(text("DELETE FROM synonyms WHERE false"))
    await client.get("/help")
    assert [key[0] for key in cache(client).pages] == [address(case), "/help"]
    async with transaction(sessions) as db:
        await confirmation.confirm(db, waiting.id, settings.municipality, at=clock.now())
    await client.get("/help")
    assert [key[0] for key in cache(client).pages] == ["/help"]


async def test_changes_that_commit_at_once_wait_for_none_of_each_other(sessions: Sessions, settings: Settings) -> None:
    """One has been counted and not committed yet; another one commits meanwhile."""
    one, other = [await received(sessions, settings, draft=f"a draft of two {number}") for number in range(2)]
    async with sessions() as first, sessions() as second:
        for db, case in ((first, one), (second, other)):
            await db.execute(text(f"UPDATE cases SET place = 'а' WHERE id = {case.id}"))
        await first.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        await second.execute(text("SET lock_timeout = '2s'"))
        await second.commit()
        await first.commit()
    async with transaction(sessions) as db:
        assert await db.scalar(text("SELECT count(*) FROM public_changes")) == 0


async def test_two_who_change_much_do_not_lock_each_other_out(sessions: Sessions, settings: Settings) -> None:
    """Each changes a case of its own and then the other's: the count of changes must not be one more lock."""
    one, other = [await received(sessions, settings, draft=f"a draft of two {number}") for number in range(2)]
    async with sessions() as first, sessions() as second:
        await first.execute(text(f"UPDATE cases SET place = 'а' WHERE id = {one.id}"))
        await second.execute(text(f"UPDATE cases SET place = 'б' WHERE id = {other.id}"))
        await first.commit()
        await second.execute(text(f"UPDATE cases SET place = 'б' WHERE id = {one.id}"))
        await second.commit()
    async with transaction(sessions) as db:
        assert await db.scalar(text("SELECT count(*) FROM public_changes")) == 0


async def test_page_and_fragment_and_encodings_are_kept_apart(client: Client, case: Case) -> None:
    page = await client.get("/register", headers=BROTLI)
    fragment = await client.get("/register", headers=BROTLI | HX)
    assert fragment.text.startswith("<section")
    assert page.text.startswith("<!DOCTYPE html>")
    for encoding in ("br", "gzip", "identity"):
        answer = await client.get(address(case), headers={"Accept-Encoding": encoding})
        assert answer.headers.get("content-encoding", "identity") == encoding
        assert PENKA["title"] in answer.text
    assert len(cache(client).pages) == 5


async def test_header_sent_twice_poisons_nothing(settings: Settings) -> None:
    """The application may read the first of the two, and who keeps the page the second."""
    app = create_app(settings)  # one of this event loop: a client's has its connections in another
    twice = [(b"hx-request", b"true"), (b"hx-request", b"false")]
    scope: Any = {"type": "http", "method": "GET", "path": "/register", "raw_path": b"/register", "query_string": b""}
    scope |= {"headers": twice, "root_path": ""}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async with app.lifespan():
        await app(scope, receive, send)
    assert sent[0]["status"] == 200
    assert not cache_by(app).pages


async def test_nothing_of_a_person_is_kept(client: Client, case: Case) -> None:
    form = form_of(await client.get("/submit/signal"))
    assert form_of(await client.get("/submit/signal"))["draft"] != form["draft"]
    await client.get("/submit/sent/x")
    await client.get("/staff/sign-in")
    await client.get(address(case), headers={"Cookie": "portal_staff=x"})
    await client.get("/register/2020/999")
    assert not cache(client).pages


async def test_days_left_are_those_of_today(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    await client.get(address(case))
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    await client.get("/help")
    assert [key[0] for key in cache(client).pages] == ["/help"]


async def test_without_the_database_nothing_is_shown_from_memory(
    client: Client, sessions: Sessions, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection that asks for the version is cut, and can't be made again: the page is made anew each time."""

    async def refused(_: str) -> None:
        raise ConnectionRefusedError

    await client.get(address(case))
    monkeypatch.setattr("portal.publishing.page_version.asyncpg.connect", refused)
    async with transaction(sessions) as db:
        await db.execute(text(CUT))
        await db.execute(text("UPDATE cases SET title = 'Дупката е запълнена'"))
    assert "Дупката е запълнена" in (await client.get(address(case))).text
    monkeypatch.undo()
    assert "Дупката е запълнена" in (await client.get(address(case))).text
    assert len(cache(client).pages) == 1


async def test_memory_is_bounded(client: Client, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    _ = case
    monkeypatch.setattr("portal.web.page_cache.MOST", 20_000)
    for number in range(20):
        await client.get(f"/register?q={number}", headers=BROTLI)
    pages = cache(client)
    assert 0 < pages.size == sum(page.size for page in pages.pages.values()) <= 20_000
    assert next(reversed(pages.pages))[:2] == ("/register", b"q=19")


async def test_every_table_that_the_public_views_read_is_counted(sessions: Sessions) -> None:
    read = text(
        "SELECT DISTINCT table_name FROM information_schema.view_table_usage "
        "WHERE view_name LIKE 'public_%' AND table_name NOT LIKE 'public_%'"
    )
    counted = text(
        "SELECT event_object_table FROM information_schema.triggers WHERE trigger_name LIKE 'public_changes_of_%'"
    )
    async with transaction(sessions) as db:
        assert set(await db.scalars(read)) <= set(await db.scalars(counted))
