"""Who has lost the link to their case gets it again by e-mail, and nobody learns whose case is whose."""

from datetime import timedelta

import pytest

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.intake import lost_link
from portal.settings import Settings
from tests.cast import PENKA, Client, Post, link, received

SAID = "Ако номерът и имейлът са от една преписка"


async def ask(client: Client, number: str, email: str = PENKA["email"]) -> str:
    answer = await client.post("/track", data={"number": number, "email": email})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.text.replace(number, "").replace(email, "")


@pytest.fixture
async def case(sessions: Sessions, settings: Settings, post: Post) -> Case:
    case = await received(sessions, settings)
    await post.deliver()
    return case


async def test_number_and_address_bring_the_link(client: Client, case: Case, post: Post) -> None:
    assert SAID in await ask(client, f"вх. № {case.incoming_number} г.", "Penka@Example.bg")
    letter = (await post.deliver())[-1]
    assert (letter.event, letter.to) == ("link_sent", PENKA["email"])
    page = await client.get(link(letter, "track"))
    assert "Връзката към преписката е изпратена отново" in page.text
    assert "<svg" in page.text


async def test_answer_tells_nothing_to_strangers(client: Client, case: Case, post: Post) -> None:
    right = await ask(client, str(case.incoming_number))
    before = len(await post.deliver())
    assert await ask(client, str(case.incoming_number), "stranger@example.bg") == right
    assert await ask(client, "С-0999/18.03.2020") == right
    assert await ask(client, f"{'9' * 9}/2020") == right
    assert len(await post.deliver()) == before


async def test_link_is_not_sent_over_and_over(client: Client, sessions: Sessions, case: Case, post: Post) -> None:
    assert case.incoming_year is not None
    assert case.incoming_seq is not None
    for _ in range(3):
        await ask(client, str(case.incoming_number))
    assert [letter.event for letter in await post.deliver()].count("link_sent") == 1
    async with transaction(sessions) as db:
        later = clock.now() + timedelta(minutes=11)
        await lost_link.send(db, case.incoming_year, case.incoming_seq, PENKA["email"], at=later)
    for _ in range(3):
        await ask(client, str(case.incoming_number))
    refused = await client.post("/track", data={"number": case.incoming_number, "email": PENKA["email"]})
    assert refused.status_code == 429
    assert str(case.incoming_number) in refused.text


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("number", "", "Въведете входящия номер"),
        ("number", "дупката", "както е в писмото"),
        ("email", "", "Въведете имейл"),
        ("email", "penka", "латински букви"),
    ],
)
async def test_what_is_missing_is_told_beside_the_field(client: Client, field: str, value: str, error: str) -> None:
    data = {"number": "25/2020", "email": PENKA["email"], field: value}
    answer = await client.post("/track", data=data)
    assert answer.status_code == 422
    assert answer.text.count(error) == 2
    assert f'href="#{field}"' in answer.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("С-0025/18.03.2020", (2020, 25)),
        ("вх.№ c-25/18.3.2020 г.", (2020, 25)),
        ("25/2020", (2020, 25)),
        (" 25 / 2020 ", (2020, 25)),
        ("25", None),
        ("", None),
    ],
)
def test_numbers_as_people_copy_them(typed: str, meant: tuple[int, int] | None) -> None:
    assert lost_link.read(typed) == meant


async def test_way_to_it_stands_where_people_look(client: Client, case: Case, post: Post) -> None:
    for path in ("/", f"/register/{case.incoming_year}/{case.incoming_seq}"):
        assert 'href="/track"' in (await client.get(path)).text
    assert "/track\n" in (await post.deliver())[-1].text
