"""Cases looked at together, on the desk, in the register and on the senders' own pages."""

from typing import Any

import pytest
from sqlalchemy import text

from portal import clock
from portal.cases import history, lookup
from portal.cases.model import Case, EventKind, Publication, Status
from portal.db import Sessions, transaction
from portal.handling import assignment, groups, withdrawal
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from portal.staff.model import Role, Staff
from tests.cast import HX, PENKA, Client, Post, employ, form_of, link, received, reload, sign_in

IVAN: dict[str, Any] = {"name": "Иван Тодоров", "email": "ivan@example.bg", "phone": "+359888222333"}
ELENA: dict[str, Any] = {"name": "Елена Димитрова", "email": "elena@example.bg", "phone": "+359888444555"}


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def three(sessions: Sessions, settings: Settings) -> list[Case]:
    """Penka, Ivan and Elena tell of the same hole."""
    return [
        await received(sessions, settings, draft="p"),
        await received(sessions, settings, draft="i", title="Яма на Речна", text="На Речна 5 има дупка.", **IVAN),
        await received(sessions, settings, draft="e", title="Дупката", text="Падна и моето дете.", **ELENA),
    ]


async def put(sessions: Sessions, case: Case, other: Case, by: Staff) -> None:
    async with transaction(sessions) as db:
        mine = await lookup.received(db, case.id, other.id, lock=True)
        assert mine is not None
        await groups.group(db, mine, await db.get_one(Case, other.id), by=by, at=clock.now())


async def group_all(sessions: Sessions, cases: list[Case], by: Staff) -> None:
    for one in cases[1:]:
        await put(sessions, one, cases[0], by)


def here(case: Case, part: str = "group") -> str:
    return f"/staff/cases/{case.id}/{part}"


def public(case: Case) -> str:
    return f"/register/{case.incoming_year}/{case.incoming_seq}"


async def replied(sessions: Sessions, case: Case) -> list[str]:
    async with transaction(sessions) as db:
        return [event.details["text"] for event in await history.events(db, case, {EventKind.REPLIED})]


@pytest.mark.usefixtures("maria")
async def test_likely_ones_are_proposed_and_grouped_by_a_button(
    client: Client, sessions: Sessions, three: list[Case]
) -> None:
    page = await client.get(f"/staff/cases/{three[1].id}")
    assert "Може би и друг е писал за същото" in page.text
    form = await client.get(here(three[1]), headers=HX)
    assert "Дупка на ул. Речна" in form.text
    assert "днес" in form.text
    assert f'name="with" value="{three[0].id}"' in " ".join(form.text.split())
    pressed = {**form_of(form), "with": str(three[0].id)}
    first, answer = [await client.post(here(three[1]), data=pressed, headers=HX) for _ in range(2)]  # a double tap
    assert first.status_code == answer.status_code == 200
    assert 'id="group"' in answer.text
    assert 'id="history" hx-swap-oob' in " ".join(answer.text.split())
    assert (await reload(sessions, three[1])).lead_id == three[0].id
    async with transaction(sessions) as db:
        assert len(await history.events(db, three[1], {EventKind.GROUPED})) == 1
    lead = (await client.get(f"/staff/cases/{three[0].id}")).text
    assert "Яма на Речна" in lead
    assert f"Разглежда се заедно с вх. № {three[1].incoming_number}" in " ".join(lead.split())
    assert "Яма на Речна" not in (await client.get(here(three[0]))).text.partition("Подобни преписки</h3>")[2]


@pytest.mark.parametrize("written", ["{0.incoming_number}", "{0.incoming_seq}", "№ {0.incoming_seq}/{0.incoming_year}"])
@pytest.mark.usefixtures("maria")
async def test_number_is_typed_as_people_write_it(
    client: Client, sessions: Sessions, three: list[Case], written: str
) -> None:
    form = form_of(await client.get(here(three[1])))
    data = {**form, "number": written.format(three[0])}
    assert (await client.post(here(three[1]), data=data, follow_redirects=False)).status_code == 303
    assert (await reload(sessions, three[1])).lead_id == three[0].id


@pytest.mark.usefixtures("maria")
async def test_what_cannot_be_is_said_beside_the_field(client: Client, sessions: Sessions, three: list[Case]) -> None:
    async with transaction(sessions) as db:
        await withdrawal.withdraw(db, await db.get_one(Case, three[2].id), at=clock.now())
    form = form_of(await client.get(here(three[0])))
    wrong = {"": "Няма получена", "999999/2020": "Няма получена", "нещо": "Няма получена"}
    wrong |= {f"{three[0].incoming_seq}": "същата преписка", f"{three[2].incoming_seq}": "Оттеглена"}
    for number, said in wrong.items():
        answer = await client.post(here(three[0]), data={**form, "number": number}, headers=HX)
        assert (answer.status_code, said in answer.text) == (422, True), number
    for pressed in ("9" * 30, "0", "x", "8" * 18):
        answer = await client.post(here(three[0]), data={**form, "with": pressed}, headers=HX)
        assert answer.status_code == 422
    assert (await client.post(here(three[0]), data={**form, "part": "12"}, headers=HX)).status_code == 200


async def test_colleagues_change_is_shown_first(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff
) -> None:
    form = form_of(await client.get(here(three[1])))
    await put(sessions, three[1], three[2], maria)
    answer = await client.post(here(three[1]), data={**form, "number": str(three[0].incoming_seq)}, headers=HX)
    assert answer.status_code == 409
    assert f"Сега водеща е вх. № {three[2].incoming_number}" in answer.text
    assert f'value="{three[0].incoming_seq}"' in answer.text
    anew = {**form_of(answer), "number": str(three[0].incoming_seq)}
    assert (await client.post(here(three[1]), data=anew, headers=HX)).status_code == 200
    assert (await reload(sessions, three[1])).lead_id == three[0].id


async def test_parted_one_by_one_or_all(client: Client, sessions: Sessions, three: list[Case], maria: Staff) -> None:
    await group_all(sessions, three, maria)
    form = await client.get(here(three[1]), headers=HX)
    assert "Отделяне на всички" in form.text
    for _ in range(2):
        await client.post(here(three[1]), data={**form_of(form), "part": str(three[2].id)}, headers=HX)
    assert [(await reload(sessions, case)).lead_id for case in three] == [None, three[0].id, None]
    await put(sessions, three[2], three[0], maria)
    form = await client.get(here(three[0]), headers=HX)
    answer = await client.post(here(three[0]), data={**form_of(form), "dissolve": "1"}, headers=HX)
    assert "Търсене на свързани" in answer.text
    assert [(await reload(sessions, case)).lead_id for case in three] == [None] * 3


async def test_reply_goes_to_all_that_are_ticked_once_each(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff, post: Post
) -> None:
    await group_all(sessions, three, maria)
    form = await client.get(here(three[0], "reply"), headers=HX)
    assert "Отговорът отива и до още 2 податели" in form.text
    assert form.text.count("checked") == 2
    data = {**form_of(form), "text": "Дупката е запълнена.", f"also_{three[1].id}": "1"}  # not Elena
    first, answer = [await client.post(here(three[0], "reply"), data=data, headers=HX) for _ in range(2)]
    assert first.status_code == answer.status_code == 200
    assert 'id="group" hx-swap-oob' in " ".join(answer.text.split())
    assert [await replied(sessions, case) for case in three] == [["Дупката е запълнена."], ["Дупката е запълнена."], []]
    told = [letter.to for letter in await post.deliver() if letter.event == "replied"]
    assert sorted(told) == ["ivan@example.bg", "penka@example.bg"]
    assert (await reload(sessions, three[2])).status is Status.RECEIVED


async def test_choice_comes_back_with_a_mistake_and_with_a_template(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff
) -> None:
    await group_all(sessions, three, maria)
    form = form_of(await client.get(here(three[0], "reply"), headers=HX))
    for path, data in ((here(three[0], "reply"), {"text": "Да."}), (here(three[0], "reply/template"), {"text": "Да."})):
        answer = await client.post(path, data={**form, **data, f"also_{three[2].id}": "1"}, headers=HX)
        assert answer.status_code == 422
        assert answer.text.count("checked") == 1


async def test_who_joined_meanwhile_gets_nothing_unseen(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff
) -> None:
    await group_all(sessions, three[:2], maria)
    form = form_of(await client.get(here(three[0], "reply"), headers=HX))
    await put(sessions, three[2], three[0], maria)
    data = {**form, "text": "Дупката е запълнена.", f"also_{three[1].id}": "1"}
    assert (await client.post(here(three[0], "reply"), data=data, headers=HX)).status_code == 200
    assert await replied(sessions, three[2]) == []


@pytest.mark.parametrize("name", ["Пенка Стоянова", "Иван Тодоров", "Елена Димитрова"])
async def test_name_of_any_of_the_senders_is_warned_of(
    client: Client, sessions: Sessions, settings: Settings, maria: Staff, name: str
) -> None:
    """Though each case is private, and its sender reads the reply alone: the others read it too."""
    cases = [
        await received(sessions, settings, draft=str(number), publication=Publication.PRIVATE, **sender)
        for number, sender in enumerate(({}, IVAN, ELENA))
    ]
    await group_all(sessions, cases, maria)
    path = here(cases[0], "reply")
    ticked = {f"also_{cases[1].id}": "1"}
    data = {**form_of(await client.get(path, headers=HX)), "text": f"Както поиска {name}, запълнена е.", **ticked}
    warned = await client.post(path, data=data, headers=HX)
    assert warned.status_code == 422
    assert "име на подателя и ще отиде до друг подател" in warned.text
    assert warned.text.count("checked") == 1
    assert await replied(sessions, cases[1]) == []
    mark = warned.text.partition('name="confirmed" value="')[2].partition('"')[0]
    assert (await client.post(path, data={**data, "confirmed": mark}, headers=HX)).status_code == 200
    assert len(await replied(sessions, cases[1])) == 1


async def test_reply_of_a_member_begins_from_the_leads(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff
) -> None:
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, three[0].id), "Запълнена е, Пенке.", by=maria, at=clock.now())
    await put(sessions, three[1], three[0], maria)
    path = here(three[1], "reply")
    form = await client.get(path, headers=HX)
    assert "Запълнена е, Пенке." in form.text
    answer = await client.post(path, data={**form_of(form), "text": "Запълнена е, Пенке."}, headers=HX)
    assert (answer.status_code, "име на подателя" in answer.text) == (422, True)


async def test_public_and_senders_read_what_both_may_see(
    client: Client, sessions: Sessions, settings: Settings, three: list[Case], maria: Staff, post: Post
) -> None:
    secret = await received(sessions, settings, draft="s", publication=Publication.PRIVATE, email="s@example.bg")
    await group_all(sessions, [*three, secret], maria)
    pages = [(await client.get(public(case))).text for case in three]
    for number, page in enumerate(pages):
        assert "Разглежда се заедно с" in page
        for other in (*three[:number], *three[number + 1 :]):
            assert f'href="{public(other)}"' in page or f"testserver.local{public(other)}" in page
        assert str(secret.incoming_number) not in page
        assert "друга преписка" not in page
    tracks = {letter.to: link(letter, "track") for letter in await post.deliver() if letter.event == "received"}
    of_ivan, of_secret = (
        (await client.get(tracks["ivan@example.bg"])).text,
        (await client.get(tracks["s@example.bg"])).text,
    )
    assert public(three[0]) in of_ivan
    assert public(three[0]) in of_secret
    for page in (of_ivan, of_secret, (await client.get(tracks["penka@example.bg"])).text):
        assert "Разглежда се заедно с друга преписка" in " ".join(page.split())
        assert PENKA["email"] not in page or page is not of_ivan
        if page is not of_secret:
            assert str(secret.incoming_number) not in page
    async with transaction(sessions) as db:
        await db.execute(text("UPDATE cases SET publication_state = 'withheld' WHERE id = :id"), {"id": three[0].id})
    assert public(three[0]) not in (await client.get(public(three[1]))).text
    assert str(three[0].incoming_number) not in (await client.get(public(three[1]))).text


async def test_worklist_tells_who_belongs_to_whom(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff
) -> None:
    assert "+2" not in (await client.get("/staff")).text
    await group_all(sessions, three, maria)
    page = (await client.get("/staff")).text
    assert page.count("+2</span>") == 1
    assert page.count(f"към {str(three[0].incoming_number).split('/')[0]}</span>") == 2


async def test_department_reads_of_the_group_what_is_its_own(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff
) -> None:
    await group_all(sessions, three, maria)
    async with transaction(sessions) as db:
        works, lighting = [await db.get_one(Department, code) for code in ("works", "lighting")]
        for case, department in zip(three, (works, works, lighting), strict=True):
            mine = await db.get_one(Case, case.id)
            await assignment.assign(db, mine, department, by=maria, at=clock.now())
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    page = (await client.get(f"/staff/cases/{three[0].id}")).text
    assert "Яма на Речна" in page
    assert "Дупката</a>" not in page
    assert "И още 1 преписка" in page
    assert "Промяна на групата" not in page


async def test_ticks_survive_a_colleague_who_replies_meanwhile(
    client: Client, sessions: Sessions, three: list[Case], maria: Staff
) -> None:
    await group_all(sessions, three, maria)
    path = here(three[0], "reply")
    data = {**form_of(await client.get(path)), f"also_{three[1].id}": "1"}  # not Elena
    async with transaction(sessions) as db:
        mine = await lookup.received(db, three[0].id, lock=True)
        assert mine is not None
        await reply.reply(db, mine, "Ще бъде запълнена до петък.", by=maria, at=clock.now())
    answer = await client.post(path, data={**data, "text": "Дупката вече е запълнена."}, headers=HX)
    assert answer.status_code == 409
    for _ in range(2):
        boxes = " ".join(answer.text.split())
        ticked = [case.id for case in three if f'name="also_{case.id}" value="1" checked' in boxes]
        assert ticked == [three[1].id]
        again = {**form_of(answer), f"also_{three[1].id}": "1", "text": "Дупката вече е запълнена.", "take": "theirs"}
        answer = await client.post(f"{path}/merging", data=again, headers=HX)
