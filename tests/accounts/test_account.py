"""One's own account: the second step of the sign-in, sessions, passwords, and what is told about them."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import msgspec
import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import func, select, text

from portal import clock
from portal.accounts import second_step, signin
from portal.accounts import sessions as staff_sessions
from portal.accounts.signin import Browser
from portal.app import create_app
from portal.db import Sessions, transaction
from portal.settings import Settings
from portal.staff.devices import device
from portal.staff.model import Role, Staff, StaffBrowser, StaffLink, StaffSession
from portal.tokens import Tokens
from portal.web.throttle import OF_ONE_ACCOUNT, Throttle
from tests.cast import HX, Client, Phone, Post, carry_codes, employ, form_of, give_password, link, sign_in

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
async def maria(sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await give_password(sessions, maria)
    return maria


@pytest.fixture
async def phone(sessions: Sessions, settings: Settings, maria: Staff) -> Phone:
    return await carry_codes(sessions, settings, maria)


async def password(client: Client, maria: Staff, **more: str) -> httpx.Response:
    return await client.post("/staff/sign-in", data={"email": maria.email, "password": "correct horse", **more})


def is_in(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and "Изход" in answer.text


# The second step: switching it on


async def test_it_is_switched_on_with_the_first_code(
    client: Client, sessions: Sessions, maria: Staff, post: Post
) -> None:
    await sign_in(client, sessions, maria)
    form = await client.get("/staff/account/second-step")
    assert "<svg" in form.text
    assert "style=" not in form.text
    seed = form_of(form)["seed"]
    wrong = await client.post("/staff/account/second-step", data={"seed": seed, "code": "000000"})
    assert wrong.status_code == 422
    assert form_of(wrong)["seed"] == seed  # the phone need not scan again
    secret = "".join(wrong.text.partition('class="num said">')[2].partition("<")[0].split())
    codes = await client.post("/staff/account/second-step", data={"seed": seed, "code": Phone(secret).code()})
    assert codes.text.count("<code>") == 10
    assert secret not in codes.text
    # Neither secret nor codes are shown a second time.
    for path in ("/staff/account", "/staff/account/second-step"):
        page = (await client.get(path)).text
        assert "Остават 10 резервни кода" in page
        assert secret not in page
    letter = (await post.deliver())[-1]
    assert (letter.event, letter.to) == ("second_step_on", maria.email)
    assert secret not in letter.text


async def test_database_alone_makes_no_codes(sessions: Sessions, maria: Staff, phone: Phone) -> None:
    async with transaction(sessions) as db:
        tables = ("staff", "staff_recovery_codes", "staff_sessions", "audit", "emails")
        kept = str([(await db.execute(text(f"SELECT * FROM {table}"))).all() for table in tables])
    assert phone.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in phone.recovery_codes)
    other = Tokens("another secret, as long as it has to be")
    seed = (await reread(sessions, maria)).totp_seed
    assert seed is not None
    assert other.totp(maria.id, seed) != phone.secret
    assert Tokens("no secret, but long enough for a test").totp(maria.id + 1, seed) != phone.secret


async def reread(sessions: Sessions, staff: Staff) -> Staff:
    async with transaction(sessions) as db:
        return await db.get_one(Staff, staff.id)


# … and signing in with it


async def test_the_password_alone_opens_nothing(client: Client, maria: Staff, phone: Phone) -> None:
    asked = await password(client, maria, next="/staff?queue=held")
    assert "Код за вход" in asked.text
    for path in ("/staff", "/staff/account"):
        assert str((await client.get(path)).url).endswith(f"/staff/sign-in?next={path}")
    assert (await client.post("/staff/account/sessions")).status_code == 401
    half = client.cookies["portal_staff"]
    come = await client.post("/staff/sign-in/code", data={**form_of(asked), "code": f" {phone.code()} "})
    assert is_in(come)
    assert str(come.url).endswith("/staff?queue=held")
    assert client.cookies["portal_staff"] != half
    client.cookies.set("portal_staff", half, path="/staff")
    assert str((await client.get("/staff/sign-in/code")).url).endswith("/staff/sign-in")


async def test_a_code_is_taken_once(client: Client, maria: Staff, phone: Phone) -> None:
    code = phone.code()
    await password(client, maria)
    assert is_in(await client.post("/staff/sign-in/code", data={"code": code}))
    await password(client, maria)
    again = await client.post("/staff/sign-in/code", data={"code": code})
    assert again.status_code == 422
    assert "вече е използван" in again.text
    later = phone.code(at=clock.now() + timedelta(seconds=30))
    assert is_in(await client.post("/staff/sign-in/code", data={"code": later}))
    # One older than the last taken is none either, though its half minute is still near.
    await password(client, maria)
    assert (await client.post("/staff/sign-in/code", data={"code": code})).status_code == 422


@pytest.mark.usefixtures("phone")
async def test_what_is_typed_first_goes_where_it_is_asked_for(client: Client, maria: Staff) -> None:
    """One place has the focus: the field, or what is wrong with it."""
    await password(client, maria)
    asked = (await client.get("/staff/sign-in/code")).text
    assert re.findall(r'<(?:input|div)[^>]*id="(\w+)"[^>]*\sautofocus', asked) == ["code"]
    wrong = (await client.post("/staff/sign-in/code", data={"code": "1"})).text
    assert wrong.count("autofocus") == 1
    assert re.search(r'class="sum"[^>]*autofocus', wrong)


@pytest.mark.parametrize("minutes", [-2, 2])
async def test_a_code_of_another_time_is_none(client: Client, maria: Staff, phone: Phone, minutes: int) -> None:
    await password(client, maria)
    other = phone.code(at=clock.now() + timedelta(minutes=minutes))
    assert (await client.post("/staff/sign-in/code", data={"code": other})).status_code == 422


async def test_a_recovery_code_is_taken_once(
    client: Client, sessions: Sessions, settings: Settings, *, maria: Staff, phone: Phone
) -> None:
    code = phone.recovery_codes[3]
    await password(client, maria)
    assert is_in(await client.post("/staff/sign-in/code", data={"code": code.upper()}))
    assert "Остават 9 резервни кода" in (await client.get("/staff/account")).text
    await password(client, maria)
    assert (await client.post("/staff/sign-in/code", data={"code": code})).status_code == 422
    colleague = await carry_codes(sessions, settings, await employ(sessions, "Ани"))
    assert (await client.post("/staff/sign-in/code", data={"code": colleague.recovery_codes[0]})).status_code == 422


@pytest.mark.parametrize("typed", ["", " ", "12345", "abcdef", "٣٣٣٣٣٣", "-", "x" * 41, "0" * 39])
async def test_anything_may_be_typed(client: Client, maria: Staff, phone: Phone, typed: str) -> None:
    assert phone.code() != typed
    await password(client, maria)
    assert (await client.post("/staff/sign-in/code", data={"code": typed})).status_code == 422


async def test_guessing_codes_is_slowed_down_wherever_it_comes_from(
    client: Client, sessions: Sessions, settings: Settings, *, maria: Staff, phone: Phone
) -> None:
    for _ in range(OF_ONE_ACCOUNT.amount):
        await password(client, maria)
        await client.post("/staff/sign-in/code", data={"code": "000000"})
    await password(client, maria)
    assert (await client.post("/staff/sign-in/code", data={"code": phone.code()})).status_code == 429
    throttle = Throttle(settings.redis_url)
    assert not await throttle.allows("code", maria.email, "192.0.2.9", anywhere=True)
    await throttle.close()
    async with transaction(sessions) as db:
        failed = await db.scalar(text("SELECT count(*) FROM audit WHERE action = 'code_failed'"))
    assert failed == OF_ONE_ACCOUNT.amount


async def test_the_code_is_awaited_ten_minutes(client: Client, sessions: Sessions, maria: Staff, phone: Phone) -> None:
    await password(client, maria)
    async with transaction(sessions) as db:
        await db.execute(text("UPDATE staff_sessions SET begun_at = begun_at - interval '11 minutes'"))
    late = await client.post("/staff/sign-in/code", data={"code": phone.code()})
    assert str(late.url).endswith("/staff/sign-in")


async def test_it_is_switched_off_with_the_password(
    client: Client, sessions: Sessions, maria: Staff, phone: Phone, post: Post
) -> None:
    await sign_in(client, sessions, maria)
    wrong = await client.post("/staff/account/second-step/off", data={"password": "wrong horse"})
    assert wrong.status_code == 422
    assert (await reread(sessions, maria)).totp_seed is not None
    for _ in range(2):
        await client.post("/staff/account/second-step/off", data={"password": "correct horse"})
    assert [letter.event for letter in await post.deliver()] == ["second_step_off"]
    assert is_in(await password(client, maria))
    async with transaction(sessions) as db:
        assert await second_step.recovery_codes_left(db, maria) == 0
    assert phone.secret


# Where the municipality asks everybody for it


async def test_without_it_nothing_else_can_be_done(settings: Settings, sessions: Sessions, maria: Staff) -> None:
    strict = replace(settings, municipality=msgspec.structs.replace(settings.municipality, second_step=True))
    async with AsyncTestClient(create_app(strict)) as client:
        led = await password(client, maria)
        assert str(led.url).endswith("/staff/account/second-step")
        for path in ("/staff", "/staff/account", "/staff/account/password", "/staff/people"):
            assert str((await client.get(path)).url).endswith("/staff/account/second-step")
        assert (await client.get("/staff", headers=HX)).status_code == 403
        assert (await client.post("/staff/account/sessions")).status_code == 403
        seed = form_of(led)["seed"]
        code = Phone(Tokens(settings.secret).totp(maria.id, seed)).code()
        await client.post("/staff/account/second-step", data={"seed": seed, "code": code})
        assert is_in(await client.get("/staff/account"))
    assert (await reread(sessions, maria)).totp_seed == seed


# Passwords


async def test_own_password_is_changed_and_the_other_sessions_end(
    client: Client, sessions: Sessions, maria: Staff, post: Post
) -> None:
    async with transaction(sessions) as db:
        elsewhere, left = (
            signin.begin_session(db, maria, at=clock.now()),
            await signin.invite(db, maria, at=clock.now()),
        )
    await sign_in(client, sessions, maria)
    new = {"old": "correct horse", "password": "battery staple", "again": "battery staple"}
    for wrong, why in (
        ({"old": "wrong horse"}, "не е вярна"),
        ({"old": ""}, "Въведете сегашната"),
        ({"password": "short", "again": "short"}, "поне 12"),
        ({"again": "other"}, "не са еднакви"),
    ):
        answer = await client.post("/staff/account/password", data={**new, **wrong})
        assert answer.status_code == 422
        assert why in answer.text
    assert is_in(await client.post("/staff/account/password", data=new))
    async with transaction(sessions) as db:
        assert await signin.signed_in(db, elsewhere, at=clock.now()) is None
        assert await signin.invited(db, left, at=clock.now()) is None
        assert await signin.recognised(db, maria.email, "battery staple") is not None
    assert [letter.event for letter in await post.deliver()] == ["password_changed"]


async def test_guessing_ones_password_at_a_forgotten_desk_is_slowed_down(
    client: Client, sessions: Sessions, maria: Staff
) -> None:
    await sign_in(client, sessions, maria)
    for _ in range(OF_ONE_ACCOUNT.amount):
        await client.post("/staff/account/second-step/off", data={"password": "wrong horse"})
    new = {"old": "correct horse", "password": "battery staple", "again": "battery staple"}
    assert "Твърде много опити" in (await client.post("/staff/account/password", data=new)).text


async def test_who_forgot_gets_a_link_and_others_the_same_answer(client: Client, maria: Staff, post: Post) -> None:
    assert "/staff/forgotten" in (await client.get("/staff/sign-in")).text
    known = await client.post("/staff/forgotten", data={"email": maria.email.upper()})
    unknown = await client.post("/staff/forgotten", data={"email": "nobody@stanimaka.example"})
    assert known.text == unknown.text
    assert known.status_code == unknown.status_code == 200
    letters = await post.deliver()
    assert [(letter.event, letter.to) for letter in letters] == [("password_link", maria.email)]
    new = {"password": "battery staple", "again": "battery staple"}
    await client.post(link(letters[0], "staff/password"), data=new)
    assert is_in(await client.post("/staff/sign-in", data={"email": maria.email, "password": "battery staple"}))


async def test_who_has_no_access_gets_no_link(client: Client, sessions: Sessions, maria: Staff, post: Post) -> None:
    async with transaction(sessions) as db:
        (await db.get_one(Staff, maria.id)).is_active = False
    await client.post("/staff/forgotten", data={"email": maria.email})
    assert await post.deliver() == []


async def test_nobodys_mailbox_is_filled(client: Client, maria: Staff, post: Post) -> None:
    """And the answer is as slow for an address that nobody has."""
    for email in (maria.email, "nobody@stanimaka.example"):
        answers = [await client.post("/staff/forgotten", data={"email": email}) for _ in range(8)]
        assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 2
    assert len(await post.deliver()) == 6
    assert (await client.post("/staff/forgotten", data={"email": "?"})).status_code == 422


# Sessions and browsers


async def test_a_new_browser_is_told_once(client: Client, maria: Staff, post: Post, settings: Settings) -> None:
    assert is_in(await password(client, maria))
    assert is_in(await password(client, maria))
    assert await post.deliver() == []
    async with AsyncTestClient(create_app(settings)) as elsewhere:
        elsewhere.headers["User-Agent"] = FIREFOX
        for _ in range(2):
            assert is_in(await password(elsewhere, maria))
    letters = await post.deliver()
    assert [(letter.event, letter.to) for letter in letters] == [("new_browser", maria.email)]
    assert "Firefox на Windows" in letters[0].text


async def test_who_has_the_password_and_no_code_alarms_nobody(
    client: Client, sessions: Sessions, maria: Staff, phone: Phone, post: Post
) -> None:
    async with transaction(sessions) as db:
        (await db.get_one(Staff, maria.id)).signed_in_at = clock.now()
    await password(client, maria)
    assert await post.deliver() == []
    await client.post("/staff/sign-in/code", data={"code": phone.code()})
    assert [letter.event for letter in await post.deliver()] == ["new_browser"]


async def test_a_colleague_at_the_same_browser_is_new_there(
    client: Client, sessions: Sessions, maria: Staff, post: Post
) -> None:
    ani = await employ(sessions, "Ани")
    await give_password(sessions, ani)
    for staff in (maria, ani):
        async with transaction(sessions) as db:
            (await db.get_one(Staff, staff.id)).signed_in_at = clock.now()
        for _ in range(2):
            assert is_in(await password(client, staff))
    assert [letter.to for letter in await post.deliver()] == [maria.email, ani.email]


async def test_sessions_are_listed_and_ended(client: Client, sessions: Sessions, maria: Staff) -> None:
    ani = await employ(sessions, "Ани", Role.HEAD)
    async with transaction(sessions) as db:
        there = signin.begin_session(db, maria, Browser(FIREFOX, "192.0.2.7"), at=clock.now())
        third = signin.begin_session(db, maria, at=clock.now())
        anis = signin.begin_session(db, ani, Browser("Opera of Ani"), at=clock.now())
        signin.begin_session(db, maria, Browser("half"), at=clock.now(), awaits_code=True)
    await sign_in(client, sessions, maria)
    page = (await client.get("/staff/account")).text
    assert "Firefox на Windows" in page
    assert "IP 192.0.2.7" in page
    assert page.count(">Тази<") == 1
    assert page.count("Прекратяване <span") == 2

    async def session_id(token: str) -> int:
        async with transaction(sessions) as db:
            of_token = StaffSession.token_hash == signin.digest(token)
            return (await db.scalars(select(StaffSession.id).where(of_token))).one()

    async def lives(token: str) -> bool:
        async with transaction(sessions) as db:
            return await signin.signed_in(db, token, at=clock.now()) is not None

    for foreign in (await session_id(anis), 0, 99999999999999999999):
        assert (await client.post(f"/staff/account/sessions/{foreign}")).status_code == 404
    await client.post(f"/staff/account/sessions/{await session_id(there)}")
    assert [await lives(token) for token in (there, third, anis)] == [False, True, True]
    assert is_in(await client.post("/staff/account/sessions"))
    assert [await lives(token) for token in (third, anis)] == [False, True]


async def test_what_has_ended_is_deleted(sessions: Sessions, maria: Staff, post: Post) -> None:
    now = clock.now()
    async with transaction(sessions) as db:
        for ago in (timedelta(0), timedelta(minutes=11), timedelta(hours=4), timedelta(hours=13)):
            signin.begin_session(db, maria, at=now - ago)
            signin.begin_session(db, maria, at=now - ago, awaits_code=True)
            await signin.invite(db, maria, at=now - timedelta(days=6) - ago * 2)
        db.add(StaffBrowser(staff_id=maria.id, mark_hash=b"old", seen_at=now - staff_sessions.BROWSER_KNOWN))
        db.add(StaffBrowser(staff_id=maria.id, mark_hash=b"new", seen_at=now))
        busy = signin.begin_session(db, maria, at=now - timedelta(hours=13))
        await db.flush()
        (await db.get_one(StaffSession, signin.digest(busy))).seen_at = now
    await post.work.keep_house()
    async with transaction(sessions) as db:
        left = {table: await db.scalar(select(func.count()).select_from(table))
                for table in (StaffSession, StaffLink, StaffBrowser)}  # fmt: skip
    assert left == {StaffSession: 3, StaffLink: 3, StaffBrowser: 1}


@pytest.mark.parametrize(
    ("user_agent", "read"),
    [
        (FIREFOX, "Firefox на Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
         "Safari на iPhone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-A546B) Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome на Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge на Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari на Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox на Linux"),
        ("curl/8.8", "непознат браузър"),
        ("", "непознат браузър"),
    ],
)  # fmt: skip
def test_device_is_read_from_what_the_browser_says(user_agent: str, read: str) -> None:
    assert device(user_agent) == read
