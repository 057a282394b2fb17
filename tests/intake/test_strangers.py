"""Nobody makes the municipality write to strangers: not much, not often, and nothing of what they have typed."""

import pytest

from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.publishing import followers
from portal.rendering.formats import harmless
from portal.settings import Settings
from tests.cast import PENKA, Client, Post, form_of, received

EVIL = "Спечелихте 500 лв: http://evil.example/вземи"


def following(case: Case) -> str:
    return f"/register/{case.incoming_year}/{case.incoming_seq}/following"


async def test_first_letter_bears_nothing_of_the_text_and_no_link_but_ours(client: Client, post: Post) -> None:
    form = form_of(await client.get("/submit/signal"))
    sent = {"title": EVIL, "text": f"{EVIL} и още на evil.example или на evil@evil.example", "place": "evil.example"}
    await client.post("/submit/signal", data={**PENKA, **form, **sent})
    (letter,) = await post.deliver()
    for content in (letter.text, letter.html):
        assert "evil" not in content
        assert "Спечелихте 500 лв" in content
        assert "/confirm/" in content


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Дупка на ул.Речна 5, бл.8", "Дупка на ул.Речна 5, бл.8"),
        ("Виж http://evil.example/а?b=1 сега", "Виж […] сега"),
        ("HTTPS://EVIL.EXAMPLE", "[…]"),
        ("evil.example", "[…]"),
        ("www.зло.бг", "[…]"),
        ("зло.бг/вземи", "[…]"),
        ("пиши на a@b.cc!", "пиши на […]"),
        ("hxxp:/evil", "[…]"),
        ("дума " * 30, " ".join(["дума"] * 12) + "…"),
        ("а" * 120, "а" * 60 + "…"),
        ("в 10.30 ч. на 12.05.2026", "в 10.30 ч. на 12.05.2026"),
    ],
)
def test_title_is_cut_and_without_links(title: str, shown: str) -> None:
    assert harmless(title) == shown


SAME = ["ivan@example.bg", "ivan+1@example.bg", "Ivan+x@Example.bg", "IVAN@EXAMPLE.BG", "ivan+a+b@example.bg"]
SAME_OF_GMAIL = ["ivan.petrov@gmail.com", "ivanpetrov@gmail.com", "i.vanpetrov+7@gmail.com", "ivanpetrov+@GMAIL.com"]


@pytest.mark.parametrize("spellings", [SAME, SAME_OF_GMAIL])
async def test_spellings_of_one_mailbox_are_counted_together(client: Client, post: Post, spellings: list[str]) -> None:
    for number in range(8):
        form = form_of(await client.get("/submit/signal"))
        email = spellings[number % len(spellings)]
        await client.post("/submit/signal", data={**PENKA, **form, "email": email, "text": f"{PENKA['text']} {number}"})
    assert len(await post.deliver()) == 6


async def test_spellings_of_one_mailbox_follow_together(sessions: Sessions, settings: Settings, post: Post) -> None:
    cases = [await received(sessions, settings, draft=f"a draft of number {number}") for number in range(5)]
    for case, email in zip(cases, SAME, strict=True):
        async with transaction(sessions) as db:
            await followers.ask(db, case, email, at=case.submitted_at)
    letters = [one for one in await post.deliver() if "/follow/" in one.text]
    assert len(letters) == 3


async def test_many_followings_from_one_place_are_slowed(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    case = await received(sessions, settings)
    answers = [await client.post(following(case), data={"email": f"{n}@example.bg"}) for n in range(42)]
    assert [one.status_code for one in answers] == [200] * 40 + [429] * 2
    assert 'value="41@example.bg"' in answers[-1].text


async def test_letter_is_sent_to_two_other_addresses_at_most(client: Client, post: Post) -> None:
    form = form_of(await client.get("/submit/signal"))
    sent = await client.post("/submit/signal", data={**PENKA, **form})
    page = str(sent.url.path)
    answers = [await client.post(f"{page}/address", data={"email": f"{number}@example.bg"}) for number in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 422, 422]
    assert len(await post.deliver()) == 3


async def test_changes_of_addresses_are_slowed_with_the_forms(client: Client) -> None:
    form = form_of(await client.get("/submit/signal"))
    sent = await client.post("/submit/signal", data={**PENKA, **form})
    answers = [await client.post(f"{sent.url.path}/address", data={"email": "x@example.bg"}) for _ in range(40)]
    assert [answers[38].status_code, answers[39].status_code] == [200, 429]
