"""What a page weighs on the wire to a phone, with the demonstration's cases and with the worst ones."""

import json
import random
import re
from datetime import timedelta
from statistics import median

import brotli
import httpx
import pytest

from portal import clock, demo
from portal.cases.model import Kind
from portal.commands import import_
from portal.db import Sessions
from portal.settings import ROOT, Settings
from portal.web.static import INLINE
from tests.cast import HX, PENKA, Client, Post, form_of, link, received

BROTLI = {"Accept-Encoding": "br"}
FIRST_FLIGHT = 14_000
"""Bytes: what a server sends before it waits for the phone's first word; more takes a further round trip."""
LETTERS = "абвгдежзийклмнопрстуфхцчшщъьюя"


async def fetch(client: Client, path: str, **headers: str) -> httpx.Response:
    answer = await client.get(path, headers=BROTLI | headers)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers, "public pages know nobody"
    return answer


def weight(answer: httpx.Response) -> int:
    """Return the bytes of the body on the wire."""
    assert answer.headers["content-encoding"] == "br"
    return int(answer.headers["content-length"])


def assets(answer: httpx.Response) -> list[str]:
    """Return what the page makes a browser fetch besides itself; nothing may come from elsewhere."""
    found = re.findall(r'<(?:script|img)[^>]*\ssrc="([^"]+)"|<link rel="icon"[^>]*\shref="([^"]+)"', answer.text)
    paths = [first or second for first, second in found]
    assert all(path.startswith("/") for path in paths)
    return paths


@pytest.fixture
async def demonstration(sessions: Sessions) -> None:
    await import_.add(sessions, import_.read(demo.CASES), quiet=True)


@pytest.fixture
async def worst(sessions: Sessions, settings: Settings) -> None:
    """Twenty cases of long words that have nothing in common: no compression helps."""
    dice = random.Random(2020)

    def words(length: int) -> str:
        found = ""
        while len(found) < length:
            found += "".join(dice.choices(LETTERS, k=dice.randint(4, 14))) + " "
        return found[:length].strip()

    for number in range(21):
        texts = {"title": words(120), "text": words(4000), "place": words(200)}
        at = clock.now() - timedelta(days=number)
        await received(sessions, settings, draft=f"a draft of words {number}", kind=Kind.QUESTION, at=at, **texts)


def test_style_and_scripts_stay_small() -> None:
    css = "".join((ROOT / "static" / f"{name}.css").read_text("utf-8") for name in INLINE)
    assert len(brotli.compress(css.encode())) <= 4096
    assert "@font-face" not in css
    assert len(brotli.compress((ROOT / "static" / "worker.js").read_bytes())) <= 1500


@pytest.mark.usefixtures("demonstration")
async def test_register_comes_with_the_first_flight(client: Client) -> None:
    register = await fetch(client, "/register")
    assert register.text.count("<li>\n<h2>") == 20
    assert weight(register) <= 10_000
    others = assets(register)
    assert 1 + len(others) <= 5
    assert weight(register) + sum([await asset_weight(client, path) for path in others]) <= 24_000


async def asset_weight(client: Client, path: str) -> int:
    return int((await fetch(client, path)).headers["content-length"])


@pytest.mark.usefixtures("worst")
async def test_register_comes_with_the_first_flight_whatever_people_write(client: Client) -> None:
    register = await fetch(client, "/register")
    assert register.text.count("<li>\n<h2>") == 20
    assert weight(register) <= FIRST_FLIGHT


@pytest.mark.usefixtures("demonstration")
async def test_key_typed_into_the_search_costs_little(client: Client) -> None:
    weights = []
    for words in ("дупка на улица", "счупена лампа", "неприятна миризма", "dupki po ulicata", "кучета"):
        for length in range(1, len(words) + 1):
            answer = await client.get("/register", params={"q": words[:length]}, headers=BROTLI | HX)
            weights.append(int(answer.headers["content-length"]))
    assert max(weights) <= 4096
    assert median(weights) <= 1500


async def test_search_that_finds_little_says_little(client: Client, sessions: Sessions, settings: Settings) -> None:
    for place in ("ул. Речна 5", "бул. Марица 12"):
        await received(sessions, settings, place=place, draft=f"a draft about {place}")
    found = await fetch(client, "/register?q=кратер", **HX)
    assert found.text.count("<li>\n<h2>") == 2
    assert weight(found) <= 1500


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("path", ["/", "/help", "/rules", "/privacy", "/accessibility"])
async def test_page_that_swaps_nothing_carries_no_htmx(client: Client, path: str) -> None:
    answer = await fetch(client, path)
    assert "htmx.min" not in answer.text
    assert weight(answer) <= 6_144, weight(answer)
    assert 1 + len(assets(answer)) <= 5


@pytest.mark.usefixtures("demonstration")
async def test_form_with_all_it_does_is_lighter_than_htmx_alone(client: Client) -> None:
    form = await fetch(client, "/submit/signal")
    assert "htmx.min" not in form.text
    assert weight(form) <= 6_200
    assert weight(form) + sum([await asset_weight(client, path) for path in assets(form)]) <= 10_000


async def test_whole_journey_is_light(client: Client, post: Post) -> None:
    """From the form to the case, each page as a phone that knows none of them gets it."""
    weights: dict[str, int] = {}

    async def visit(path: str) -> httpx.Response:
        answer = await fetch(client, path)
        assert "htmx.min" not in answer.text
        weights[path.split("/")[1] + "/" + str(len(weights))] = weight(answer)
        for asset in assets(answer):
            if asset.startswith("/static/"):
                weights[asset] = await asset_weight(client, asset)
        return answer

    form = await visit("/submit/signal")
    sent = await client.post("/submit/signal", data={**form_of(form), **PENKA}, follow_redirects=False)
    await visit(sent.headers["location"])
    confirm = link((await post.deliver())[-1], "confirm")
    await visit(confirm)
    confirmed = await client.post(confirm, follow_redirects=False)
    receipt = await visit(confirmed.headers["location"])
    case = re.search(r"/register/\d+/\d+", receipt.text)
    assert case, receipt.text
    await visit(case[0])
    assert sum(weights.values()) <= 30_000, json.dumps(weights)
