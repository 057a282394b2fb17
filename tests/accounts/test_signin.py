"""How staff get in."""

from datetime import timedelta

from sqlalchemy import select

from portal import clock
from portal.accounts import signin
from portal.db import Sessions, transaction
from portal.staff.model import StaffSession
from portal.web.throttle import OF_ONE_ACCOUNT
from tests.cast import Client, employ, give_password, sign_in


async def test_link_sets_the_password_once(client: Client, sessions: Sessions) -> None:
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        token = await signin.invite(db, staff, at=clock.now())
    path = f"/staff/password/{token}"
    assert (await client.get(path)).status_code == 200
    short = await client.post(path, data={"password": "short", "again": "short"})
    assert short.status_code == 422
    different = await client.post(path, data={"password": "correct horse", "again": "battery staple"})
    assert "не са еднакви" in different.text
    done = await client.post(path, data={"password": "correct horse", "again": "correct horse"})
    assert str(done.url).endswith("/staff/sign-in")
    for answer in (await client.get(path), await client.post(path, data={"password": "x" * 12, "again": "x" * 12})):
        assert answer.status_code == 404


async def test_link_ends_after_a_week(sessions: Sessions) -> None:
    staff = await employ(sessions)
    async with transaction(sessions) as db:
        token = await signin.invite(db, staff, at=clock.now() - timedelta(days=8))
        assert await signin.invited(db, token, at=clock.now()) is None
        assert await signin.set_password(db, token, await signin.hashed("correct horse"), at=clock.now()) is None


async def test_database_alone_lets_nobody_in(sessions: Sessions, client: Client) -> None:
    await sign_in(client, sessions, await employ(sessions))
    cookie = client.cookies["portal_staff"]
    async with transaction(sessions) as db:
        kept = await db.scalar(select(StaffSession.token_hash))
    assert kept is not None
    assert cookie.encode() not in kept


async def test_wrong_password_and_unknown_address_are_answered_alike(client: Client, sessions: Sessions) -> None:
    staff = await employ(sessions)
    answers = []
    for email in (staff.email, "nobody@stanimaka.example"):
        answer = await client.post("/staff/sign-in", data={"email": email, "password": "wrong horse"})
        assert answer.status_code == 422
        answers.append(answer.text.replace(email, "…"))
    assert answers[0] == answers[1]


async def test_guessing_is_slowed_down_also_for_the_right_password(client: Client, sessions: Sessions) -> None:
    staff = await employ(sessions)
    await give_password(sessions, staff)
    for _ in range(OF_ONE_ACCOUNT.amount):
        await client.post("/staff/sign-in", data={"email": staff.email, "password": "wrong horse"})
    answer = await client.post("/staff/sign-in", data={"email": staff.email.upper(), "password": "correct horse"})
    assert answer.status_code == 429
    assert "Твърде много опити" in answer.text


async def test_session_ends_when_idle_after_a_day_and_by_signing_out(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    token = client.cookies["portal_staff"]
    for later, lives in ((timedelta(hours=1), True), (timedelta(hours=5), False)):
        async with transaction(sessions) as db:
            assert (await signin.signed_in(db, token, at=clock.now() + later) is not None) is lives
    await client.post("/staff/sign-out")
    client.cookies.set("portal_staff", token, path="/staff")
    assert str((await client.get("/staff")).url).endswith("/staff/sign-in?next=/staff")


async def test_stranger_is_led_back_to_the_whole_address(client: Client) -> None:
    answer = await client.get("/staff?queue=held&q=дупка", follow_redirects=False)
    assert answer.headers["location"].startswith("/staff/sign-in?next=/staff%3Fqueue%3Dheld%26q%3D")


async def test_new_password_ends_every_session(client: Client, sessions: Sessions) -> None:
    staff = await employ(sessions)
    await sign_in(client, sessions, staff)
    async with transaction(sessions) as db:
        token = await signin.invite(db, staff, at=clock.now())
        await signin.set_password(db, token, await signin.hashed("another horse"), at=clock.now())
        assert await signin.signed_in(db, client.cookies["portal_staff"], at=clock.now()) is None


async def test_sign_in_leads_back_but_never_to_another_site(client: Client, sessions: Sessions) -> None:
    staff = await employ(sessions)
    await give_password(sessions, staff)
    for asked, led in (
        ("/staff?queue=held", "/staff?queue=held"),
        ("https://elsewhere.example", "/staff"),
        ("//elsewhere.example", "/staff"),
        ("/staff/../../x\\y", "/staff"),
        ("/staffelsewhere", "/staff"),
    ):
        data = {"email": staff.email, "password": "correct horse", "next": asked}
        answer = await client.post("/staff/sign-in", data=data, follow_redirects=False)
        assert answer.headers["location"] == led


async def test_cookie_is_only_for_the_desk_and_no_script(client: Client, sessions: Sessions) -> None:
    staff = await employ(sessions)
    await give_password(sessions, staff)
    data = {"email": staff.email, "password": "correct horse"}
    answer = await client.post("/staff/sign-in", data=data, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "path=/staff" in cookie
    assert "samesite=lax" in cookie
    for public in ("/", "/register", "/submit/signal"):
        assert "set-cookie" not in (await client.get(public)).headers
