"""The colleagues, as an administrator keeps them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import audit, clock
from portal.accounts import people, signin
from portal.accounts.people import LastAdmin, Place
from portal.db import Sessions, transaction
from portal.mail.outbox import Email
from portal.settings import Settings
from portal.staff.model import Role, Staff, StaffLink
from tests.cast import Client, Post, carry_codes, employ, give_password, link, sign_in

PETAR = {"email": "Petar@Stanimaka.example", "name": "Петър Колев", "role": "department", "department": "works"}


@pytest.fixture
async def ani(client: Client, sessions: Sessions) -> Staff:
    """The administrator, signed in."""
    ani = await employ(sessions, "Ани Христова", Role.ADMIN)
    await sign_in(client, sessions, ani)
    return ani


async def reread(sessions: Sessions, staff: Staff) -> Staff:
    async with transaction(sessions) as db:
        return await db.get_one(Staff, staff.id)


async def petar(sessions: Sessions) -> Staff:
    async with transaction(sessions) as db:
        return (await db.scalars(select(Staff).where(Staff.email == "petar@stanimaka.example"))).one()


async def actions(sessions: Sessions) -> list[str]:
    async with transaction(sessions) as db:
        return [entry.action for entry in await audit.entries(db, audit.Wanted())]


@pytest.mark.usefixtures("ani")
async def test_a_new_colleague_is_invited_and_comes_in(client: Client, post: Post) -> None:
    listed = await client.post("/staff/people/new", data=PETAR)
    assert "Петър Колев" in listed.text
    assert "Строителство и благоустройство" in listed.text
    assert "без влизане досега" in listed.text
    invitation = (await post.deliver())[-1]
    assert (invitation.event, invitation.to) == ("invited", "petar@stanimaka.example")
    password = link(invitation, "staff/password")
    client.cookies.clear()
    await client.post(password, data={"password": "correct horse", "again": "correct horse"})
    assert (await client.get(password)).status_code == 404
    worklist = await client.post("/staff/sign-in", data={"email": PETAR["email"], "password": "correct horse"})
    assert str(worklist.url).endswith("/staff")
    assert "Петър Колев" in worklist.text
    # The first sign-in, with the password just set, alarms nobody.
    assert len(await post.deliver()) == 1


@pytest.mark.usefixtures("ani")
async def test_what_waits_in_the_outbox_opens_nothing(client: Client, sessions: Sessions) -> None:
    """The row of the e-mail and that of the link are not enough to make the link of them."""
    await client.post("/staff/people/new", data=PETAR)
    async with transaction(sessions) as db:
        email = (await db.scalars(select(Email))).one()
    assert email.told is not None
    assert (await client.get(f"/staff/password/{email.told['invitation']}")).status_code == 404


@pytest.mark.usefixtures("ani")
@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"email": "петър"}, "Въведете имейл с латински букви"),
        ({"email": "ADMIN12@stanimaka.example"}, "Служител с този имейл вече има"),
        ({"name": " "}, "Въведете име"),
        ({"role": "king"}, "Изберете роля"),
        ({"department": ""}, "Изберете отдела"),
        ({"department": "dragons"}, "Изберете отдел от списъка"),
    ],
)
async def test_what_is_wrong_is_said_beside_it(client: Client, post: Post, wrong: dict[str, str], why: str) -> None:
    answer = await client.post("/staff/people/new", data={**PETAR, **wrong})
    assert answer.status_code == 422
    assert why in answer.text
    assert ({**PETAR, **wrong}["name"] or "Петър") in answer.text
    assert await post.deliver() == []


@pytest.mark.usefixtures("ani")
async def test_pressed_twice_it_is_one_colleague_and_one_invitation(client: Client, post: Post) -> None:
    answers = await asyncio.gather(*(client.post("/staff/people/new", data=PETAR) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert len(await post.deliver()) == 1


async def test_a_colleague_changes_rooms(client: Client, sessions: Sessions, ani: Staff) -> None:
    maria = await employ(sessions)
    path = f"/staff/people/{maria.id}"
    assert "Мария Иванова" in (await client.get(path)).text
    await client.post(path, data={"name": "Мария Петрова", "role": "department", "department": "lighting"})
    now = await reread(sessions, maria)
    assert (now.name, now.role, now.department_code) == ("Мария Петрова", Role.DEPARTMENT, "lighting")
    await client.post(path, data={"name": "Мария Петрова", "role": "head", "department": "lighting"})
    assert (await reread(sessions, maria)).department_code is None
    async with transaction(sessions) as db:
        noted = (await audit.entries(db, audit.Wanted(staff_id=ani.id)))[0]
    assert noted.details["before"] == ["Мария Петрова", "department", "lighting"]


async def test_nobody_demotes_or_shuts_out_themselves(client: Client, sessions: Sessions, ani: Staff) -> None:
    path = f"/staff/people/{ani.id}"
    assert "Спиране на достъпа" not in (await client.get(path)).text
    answer = await client.post(path, data={"name": "Ани", "role": "operator"})
    assert answer.status_code == 422
    assert "Собствената си роля не сменяте сами" in answer.text
    assert (await client.post(f"{path}/deactivation")).status_code == 403
    assert (await client.post(f"{path}/second-step-reset")).status_code == 403
    await client.post(path, data={"name": "Ани Петрова", "role": "admin"})
    assert (await reread(sessions, ani)).name == "Ани Петрова"


async def test_two_who_put_down_each_other_leave_one(sessions: Sessions) -> None:
    """Or nobody could add an administrator."""
    ani, boris = await employ(sessions, "Ани", Role.ADMIN), await employ(sessions, "Борис", Role.ADMIN)

    async def put_down(whom: Staff, by: Staff) -> None:
        async with transaction(sessions) as db:
            await people.change(db, whom.id, Place(whom.name, Role.HEAD, None), by=by, at=clock.now())

    async def shut_out(whom: Staff, by: Staff) -> None:
        async with transaction(sessions) as db:
            await people.deactivate(db, whom.id, by=by, at=clock.now())

    done = await asyncio.gather(put_down(ani, boris), shut_out(boris, ani), return_exceptions=True)
    assert [type(one) for one in done if one is not None] == [LastAdmin]


async def test_access_ends_at_once_and_comes_back(client: Client, sessions: Sessions, ani: Staff) -> None:
    maria = await employ(sessions)
    password = await give_password(sessions, maria)
    await sign_in(client, sessions, maria)
    hers = client.cookies["portal_staff"]
    async with transaction(sessions) as db:
        forgotten = await signin.invite(db, maria, at=clock.now())
    await sign_in(client, sessions, ani)
    page = await client.post(f"/staff/people/{maria.id}/deactivation")
    assert "Връщане на достъпа" in page.text
    assert (await client.post(f"/staff/people/{maria.id}/link")).status_code == 404
    async with transaction(sessions) as db:
        assert await signin.signed_in(db, hers, at=clock.now()) is None
        assert await signin.invited(db, forgotten, at=clock.now()) is None
        assert await signin.recognised(db, maria.email, password) is None
    assert "Без достъп" in (await client.get("/staff/people")).text
    await client.post(f"/staff/people/{maria.id}/activation")
    async with transaction(sessions) as db:
        assert await signin.recognised(db, maria.email, password) is not None
    assert (await actions(sessions))[:2] == ["person_activated", "person_deactivated"]


@pytest.mark.usefixtures("ani")
async def test_link_for_a_new_password_lives_a_day(client: Client, sessions: Sessions, post: Post) -> None:
    maria = await employ(sessions)
    await give_password(sessions, maria)
    assert "Връзката е изпратена" in (await client.post(f"/staff/people/{maria.id}/link")).text
    letter = (await post.deliver())[-1]
    assert (letter.event, letter.to) == ("password_link", maria.email)
    token = link(letter, "staff/password").rpartition("/")[2]
    async with transaction(sessions) as db:
        assert await signin.invited(db, token, at=clock.now() + timedelta(hours=23)) is not None
        assert await signin.invited(db, token, at=clock.now() + timedelta(hours=25)) is None
    await client.post(f"/staff/password/{token}", data={"password": "battery staple", "again": "battery staple"})
    assert (await post.deliver())[-1].event == "password_changed"


@pytest.mark.usefixtures("ani")
async def test_who_never_came_is_invited_again(client: Client, sessions: Sessions, post: Post) -> None:
    await client.post("/staff/people/new", data=PETAR)
    await client.post(f"/staff/people/{(await petar(sessions)).id}/link")
    assert [letter.event for letter in await post.deliver()] == ["invited", "invited"]
    async with transaction(sessions) as db:
        ends = await db.scalars(select(StaffLink.expires_at))
        assert all(end > clock.now() + timedelta(days=6) for end in ends)


@pytest.mark.usefixtures("ani")
async def test_invitation_that_did_not_arrive_is_seen_in_the_list(client: Client, sessions: Sessions) -> None:
    await client.post("/staff/people/new", data=PETAR)
    async with transaction(sessions) as db:
        await db.execute(update(Email).values(state="failed", last_error="550 няма такава кутия"))
    assert "550 няма такава кутия" in (await client.get("/staff/people")).text


@pytest.mark.usefixtures("ani")
async def test_lost_telephone(client: Client, sessions: Sessions, settings: Settings, post: Post) -> None:
    maria = await employ(sessions)
    await carry_codes(sessions, settings, maria)
    assert "с код при вход" in (await client.get("/staff/people")).text
    for _ in range(2):
        await client.post(f"/staff/people/{maria.id}/second-step-reset")
    assert (await reread(sessions, maria)).totp_seed is None
    letters = await post.deliver()
    assert [(letter.event, letter.to) for letter in letters] == [("second_step_off", maria.email)]
    assert "изключен от администратор" in letters[0].text


@pytest.mark.usefixtures("ani")
async def test_nobody_is_nobody(client: Client) -> None:
    for staff_id in ("0", "99999999999999999999"):
        assert (await client.get(f"/staff/people/{staff_id}")).status_code == 404
        for part in ("", "/link", "/activation", "/deactivation", "/second-step-reset"):
            assert (await client.post(f"/staff/people/{staff_id}{part}")).status_code == 404
