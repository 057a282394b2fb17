"""What the public may see, on every public route: nothing private, unconfirmed, held, withheld or redacted."""

from datetime import timedelta

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select, text

from portal import clock
from portal.cases.model import Case, Publication, PublicationState, Status
from portal.db import Sessions, transaction
from portal.publishing import publication, register
from portal.publishing.publication import PublicVersion
from portal.replies import reply
from portal.settings import Settings
from tests.cast import Client, employ, received, submitted

SECRET = "квазимодо"
"""A word that stands in every text that must not show, and nowhere else."""


async def hidden_ones(sessions: Sessions, settings: Settings) -> dict[str, Case]:
    """Each way in which a case, or a part of one, is not for the public."""
    text = f"Тук се крие {SECRET} от всички."
    hidden = {
        "private": await received(
            sessions, settings, draft="private", title=SECRET, text=text, publication=Publication.PRIVATE
        ),
        "held": await received(sessions, settings, draft="held", title=SECRET, text=text + " Тел. 0888 123 456"),
        "withheld": await received(sessions, settings, draft="withheld", title=SECRET, text=text),
        "unconfirmed": await submitted(sessions, draft="unconfirmed", title=SECRET, text=text),
        "redacted": await received(sessions, settings, draft="redacted", title=SECRET, text=text, place=SECRET),
    }
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        withheld = await db.get_one(Case, hidden["withheld"].id)
        await publication.withhold(db, withheld, SECRET, by=staff, at=clock.now())
        redacted = await db.get_one(Case, hidden["redacted"].id)
        await publication.publish(
            db, redacted, PublicVersion("Заглавие", "Заличен текст.", ""), by=staff, at=clock.now()
        )
        for name in ("private", "held", "withheld"):
            await reply.reply(db, await db.get_one(Case, hidden[name].id), SECRET * 3, by=staff, at=clock.now())
    return hidden


async def test_no_public_route_shows_what_is_hidden(client: Client, sessions: Sessions, settings: Settings) -> None:
    hidden = await hidden_ones(sessions, settings)
    shown = 0
    for route in (one for one in client.app.routes if isinstance(one, HTTPRoute)):
        if "GET" not in route.methods or route.path.startswith(("/staff", "/static")):
            continue
        path = route.path.replace("{year:int}", f"{clock.today().year}")
        for number in range(1, 6):
            answer = await client.get(path.replace("{number:int}", f"{number}").replace("{token:str}", "guess"))
            assert SECRET not in answer.text, path
            shown += answer.status_code == 200
    assert shown
    assert len(hidden) == 5


@pytest.mark.parametrize("q", [SECRET, SECRET[:5], "Пенка", "penka", "0888", "крие"])
async def test_search_does_not_find_what_is_hidden(
    client: Client, sessions: Sessions, settings: Settings, q: str
) -> None:
    await hidden_ones(sessions, settings)
    assert (await client.get("/register.json", params={"q": q})).json()["total"] == 0
    assert "Няма записи" in (await client.get("/register", params={"q": q})).text


async def test_whether_a_hidden_case_exists_is_not_told(client: Client, sessions: Sessions, settings: Settings) -> None:
    """Its page and that of a number never given out are the same to the byte."""
    hidden = await hidden_ones(sessions, settings)
    year = clock.today().year
    never = await client.get(f"/register/{year}/999")
    for name in ("private", "held", "withheld"):
        there = await client.get(f"/register/{year}/{hidden[name].incoming_seq}")
        assert (there.status_code, there.text) == (404, never.text)
        assert {n: v for n, v in there.headers.items() if n != "date"} == {
            n: v for n, v in never.headers.items() if n != "date"
        }


async def test_view_and_model_say_the_same(sessions: Sessions, settings: Settings) -> None:
    await hidden_ones(sessions, settings)
    await received(sessions, settings, draft="plain")
    async with transaction(sessions) as db:
        seen = set(await db.scalars(text("SELECT id FROM public_cases")))
        assert seen == {case.id for case in await db.scalars(select(Case)) if case.is_public}
        assert len(seen) == 2


async def test_name_is_shown_only_by_choice(client: Client, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings, draft="unnamed")
    named = await received(sessions, settings, draft="named", publication=Publication.NAMED, name="Гергана Колева")
    items = (await client.get("/register.json")).json()["items"]
    assert [item.get("name") for item in items] == ["Гергана Колева", None]
    assert "Гергана Колева" in (await client.get(f"/register/{named.incoming_year}/{named.incoming_seq}")).text
    assert (await client.get("/register.json?q=Гергана")).json()["total"] == 0


async def test_public_history_names_no_staff_and_no_redaction_details(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    hidden = await hidden_ones(sessions, settings)
    case = hidden["redacted"]
    page = (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text
    assert "Публикуване със заличена част от текста" in page
    assert "Мария" not in page


async def test_pages_by_keyset_show_each_case_once(client: Client, sessions: Sessions, settings: Settings) -> None:
    """Also those received in the same microsecond, and though new ones arrive between two pages."""
    at = clock.now() - timedelta(hours=1)
    for number in range(45):
        await received(sessions, settings, at=at, draft=f"draft {number}")
    path, numbers = "/register.json?q=дупка", []
    while path:
        answer = (await client.get(path)).json()
        numbers += [item["incoming_number"] for item in answer["items"]]
        path = answer["next"] and answer["next"].removeprefix(settings.base_url)
        await received(sessions, settings, draft=f"arrived after {len(numbers)}")
    assert len(numbers) == len(set(numbers)) == 45


async def test_total_is_counted_to_a_thousand(sessions: Sessions, settings: Settings, client: Client) -> None:
    case = await received(sessions, settings)
    columns = "draft, kind, status, title, text, place, sender_name, address_version, publication, publication_state, "
    columns += "submitted_at, received_at, first_due_on, due_on, incoming_year, incoming_seq, incoming_number"
    numbered = (
        columns.replace("draft", "n::text").replace("incoming_seq", "n").replace("incoming_number", "'С-' || n || '/x'")
    )
    many = (
        f"INSERT INTO cases ({columns}) SELECT {numbered} FROM cases, generate_series(2, 1100) n WHERE id = {case.id}"
    )
    async with transaction(sessions) as db:
        await db.execute(text(many))
        every = (await register.page(db, register.Wanted())).results
        assert (every.total, every.total_is_exact) == (1000, False)
        closed = (await register.page(db, register.Wanted(status=Status.CLOSED))).results
        assert (closed.total, closed.total_is_exact) == (0, True)
    assert "над 1000 записа" in (await client.get("/register")).text


@pytest.mark.parametrize(
    "query",
    [
        "kind=signal", "kind=nonsense", "topic=roads", "topic='; DROP TABLE cases", "department=works",
        "status=received", "status=withdrawn", "from=2020-01-01", "from=yesterday", "to=99.99.9999",
        "from=0001-01-01&to=9999-12-31", "overdue=1", "after=nonsense", "after=1-1",
        "after=99999999999999999999-99999999999999999999", "after=-5--5",
        "q=%00%00", "q=%F0%9F%98%80", "q=%26%20%7C%20!%20(", "q=" + "a" * 9000, "q=%D0%B4%D1%83%3A*", "q=''''",
        "q=%ED%A0%80", "after=nan-1", "after=1e5-2", "to=9999-12-31", "q=" + "a%20" * 500,
    ],
)  # fmt: skip
async def test_register_answers_whatever_is_asked(
    client: Client, sessions: Sessions, settings: Settings, query: str
) -> None:
    await received(sessions, settings)
    for path in ("/register", "/register.json"):
        assert (await client.get(f"{path}?{query}")).status_code == 200


async def test_filters_filter(client: Client, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings, draft="one", at=clock.now() - timedelta(days=40))
    await received(sessions, settings, draft="two", kind="question", topic="taxes")
    day = clock.today().isoformat()
    for query, total in (
        ("", 2), ("kind=signal", 1), ("topic=taxes", 1), ("kind=signal&topic=taxes", 0), ("overdue=1", 1),
        (f"from={day}", 1), (f"to={day}", 2), ("status=received", 2), ("department=works", 0),
    ):  # fmt: skip
        assert (await client.get(f"/register.json?{query}")).json()["total"] == total, query


async def test_held_case_becomes_public_only_by_publishing(sessions: Sessions, settings: Settings) -> None:
    case = await received(sessions, settings, text="Моят телефон е 0888 123 456, обадете се.")
    async with transaction(sessions) as db:
        mine = await db.get_one(Case, case.id)
        await publication.choose(db, mine, Publication.NAMED, at=clock.now())
    assert mine.publication_state is PublicationState.HELD


@pytest.mark.parametrize(("replies", "days"), [(0, None), (1, None), (19, None), (20, 2)])
async def test_few_replies_say_nothing_of_how_fast_they_come(
    sessions: Sessions, settings: Settings, replies: int, days: int | None
) -> None:
    at = clock.now()
    for number in range(replies):
        case = await received(sessions, settings, draft=f"{number}", at=at - timedelta(days=3))
        async with transaction(sessions) as db:
            now = await db.get_one(Case, case.id)
            now.reply, now.replied_at, now.status = "Готово.", at - timedelta(days=1), Status.ANSWERED
    async with transaction(sessions) as db:
        assert (await register.figures(db, at=at)).median_days == days
