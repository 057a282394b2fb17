"""The signed links: each opens what it is for, also where something was copied with it, and nothing else."""

import pytest

from portal import clock
from portal.accounts import signin
from portal.db import Sessions, transaction
from portal.settings import Settings
from portal.tokens import Tokens, cut
from tests.cast import PENKA, Client, Post, employ, link, received

STRAY = [
    ".",
    ",",
    ")",
    ").",
    ">",
    "“",
    "и",
    ".и така",
    "\u00a0",
    "\u200b",
    "_",
    "--",
    "=",
    "abc",
    "*",
    "%20",
    "…",
    "'\"",
    "](",
]


@pytest.mark.parametrize("stray", STRAY)
def test_what_was_copied_with_a_link_is_cut(stray: str) -> None:
    tokens = Tokens("a secret of sixteen letters")
    assert tokens.read_follow(tokens.follow(5) + stray) == 5
    assert tokens.read_unfollow(tokens.unfollow(5) + stray) == 5
    long = tokens.password("an invitation " * 20)
    assert cut(long + stray) == long
    answer = tokens.read_answer(tokens.answer("works", clock.now()) + stray)
    assert answer is not None
    assert answer[0] == "works"
    assert cut(tokens.password("an invitation") + stray) == tokens.password("an invitation")


@pytest.mark.parametrize("wrong", ["", ".", "x", "a.b", "." * 9, "a" * 43, f"{'a' * 9}.{'b' * 43}", f"WzVd.{'b' * 44}"])
def test_what_is_not_signed_opens_nothing(wrong: str) -> None:
    tokens = Tokens("a secret of sixteen letters")
    assert tokens.read_follow(wrong) is None
    assert tokens.read_answer(wrong) is None
    assert tokens.read_kept(wrong) is None
    whole = tokens.follow(5)
    for place in range(len(whole)):
        changed = whole[:place] + ("A" if whole[place] != "A" else "B") + whole[place + 1 :]
        assert tokens.read_follow(changed) is None or place == len(whole) - 1, "the last letter has two bits to spare"


async def test_pages_open_by_a_link_with_a_full_stop(client: Client, post: Post) -> None:
    sent = await client.post("/submit/signal", data=PENKA)
    assert (await client.get(f"{sent.url.path}.")).status_code == 200
    confirm = link((await post.deliver())[-1], "confirm")
    assert (await client.get(f"{confirm}.")).status_code == 200
    await client.post(f"{confirm}).")
    track = link((await post.deliver())[-1], "track")
    for stray in (".", ",", "и", "%E2%80%9C"):
        assert (await client.get(track + stray)).status_code == 200


async def test_answer_and_password_open_too(client: Client, sessions: Sessions, settings: Settings) -> None:
    await received(sessions, settings)
    answer = f"/answer/{Tokens(settings.secret).answer('works', clock.now())}"
    assert (await client.get(f"{answer}.")).status_code == (await client.get(answer)).status_code == 200
    maria = await employ(sessions)
    async with transaction(sessions) as db:
        password = await signin.invite(db, maria, at=clock.now())
    assert (await client.get(f"/staff/password/{password}).")).status_code == 200
    new = {"password": "battery staple horse", "again": "battery staple horse"}
    assert (await client.post(f"/staff/password/{password}.", data=new)).url.path == "/staff/sign-in"


@pytest.mark.parametrize("path", ["/track", "/follow", "/unfollow"])
@pytest.mark.parametrize("token", ["x", "WzEsMSwxXQ.cut", "ъ"])
async def test_broken_link_is_told_from_a_page_that_is_not_there(client: Client, path: str, token: str) -> None:
    broken = await client.get(f"{path}/{token}")
    assert broken.status_code == 404
    assert "<h1>Връзката не е вярна</h1>" in broken.text
    assert "прекъсната при копиране" in broken.text
    assert "<h1>Страницата не е намерена</h1>" in (await client.get("/nowhere")).text
