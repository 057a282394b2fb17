"""Guessing a password is slowed for the account, and never shuts its owner out."""

from typing import Any, cast

import httpx
import pytest

from portal.accounts import passwords
from portal.db import Sessions
from portal.settings import Settings
from portal.web.throttle import place
from tests.cast import Client, employ, give_password, sign_in
from tests.web.test_crowds import Town, town

WRONG = "wrong horse of nobody"


async def guess(web: Town, email: str, address: str) -> int:
    headers = {"X-Forwarded-For": address}
    transport = httpx.ASGITransport(cast("Any", web.app), client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local", headers=headers) as client:
        answer = await client.post("/staff/sign-in", data={"email": email, "password": WRONG})
    return answer.status_code


async def test_forty_guesses_from_forty_addresses_are_slowed(settings: Settings, sessions: Sessions) -> None:
    maria = await employ(sessions)
    await give_password(sessions, maria)
    async with town(settings) as web:
        answers = [await guess(web, maria.email, f"192.0.2.{number}") for number in range(40)]
    assert answers == [422] * 10 + [429] * 30


async def test_addresses_of_one_household_are_one_place(settings: Settings) -> None:
    async with town(settings) as web:
        answers = [await guess(web, "nobody@example.bg", f"2001:db8:1:2::{number}") for number in range(8)]
        assert answers == [422] * 6 + [429] * 2
        assert await guess(web, "nobody@example.bg", "2001:db8:1:3::1") == 422


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::1", "::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_place(address: str, counted: str) -> None:
    assert place(address) == counted


async def test_known_browser_gets_in_while_strangers_guess(
    client: Client, settings: Settings, sessions: Sessions
) -> None:
    """The same for the code: whoever knows the password, from elsewhere, can't lock the owner out."""
    maria = await employ(sessions)
    password = await give_password(sessions, maria)
    right = {"email": maria.email, "password": password}
    assert (await client.post("/staff/sign-in", data=right)).url.path == "/staff"
    await client.post("/staff/sign-out")
    async with town(settings) as web:
        assert [await guess(web, maria.email, f"192.0.2.{number}") for number in range(12)][-1] == 429
    assert (await client.post("/staff/sign-in", data=right)).url.path == "/staff"
    client.cookies.clear()
    assert (await client.post("/staff/sign-in", data=right)).status_code == 429


async def test_known_browser_is_slowed_as_well(client: Client, sessions: Sessions) -> None:
    maria = await employ(sessions)
    password = await give_password(sessions, maria)
    await client.post("/staff/sign-in", data={"email": maria.email, "password": password})
    await client.post("/staff/sign-out")
    wrong = {"email": maria.email, "password": WRONG}
    answers = [(await client.post("/staff/sign-in", data=wrong)).status_code for _ in range(8)]
    assert answers == [422] * 6 + [429] * 2


async def test_lost_links_shut_no_staff_out(client: Client, sessions: Sessions) -> None:
    """They sit behind one address in the town hall."""
    asked = [{"number": "С-1/2026", "email": f"{number}@example.bg"} for number in range(45)]
    assert [(await client.post("/track", data=one)).status_code for one in asked][-1] == 429
    maria = await employ(sessions)
    password = await give_password(sessions, maria)
    right = {"email": maria.email, "password": password}
    assert (await client.post("/staff/sign-in", data=right)).url.path == "/staff"


KNOWN = ("Мария Иванова", "maria.ivanova@stanimaka.example", "Община Станимака")


@pytest.mark.parametrize(
    "password",
    ["123456789012", "aaaaaaaaaaaa", "passwordpassword", "maria.ivanova@stanimaka.example", "stanimaka2020",
     "Станимака2026", "Мария Иванова", "ивановамария1", "qwertyuiop12", "абвгдежзийкл", "x" * 200, "парола123456",
     "Община Станимака!", "mariaivanova2026"],
)  # fmt: skip
def test_easy_passwords(password: str) -> None:
    assert passwords.is_easy(password, KNOWN)


@pytest.mark.parametrize(
    "password",
    ["correct horse", "тайната ни дума", "обичам те много", "G7#kd82!pqLz", "кисело мляко вторник"],
)
def test_good_passwords(password: str) -> None:
    assert not passwords.is_easy(password, KNOWN)


async def test_easy_password_is_refused_where_it_is_set_and_changed(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    new = {"old": "correct horse", "password": "passwordpassword", "again": "passwordpassword"}
    answer = await client.post("/staff/account/password", data=new)
    assert answer.status_code == 422
    assert "отгатва лесно" in answer.text
