"""What else can be done with a case, on the desk and on the sender's own page."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal import clock
from portal.cases import deadlines, history, lookup
from portal.cases.model import Actor, Case, EventKind, Publication, Status
from portal.clock import local_date
from portal.db import Sessions, transaction
from portal.handling import assignment, closure, due_date, no_proceedings, reopening
from portal.handling.no_proceedings import Ground
from portal.mail.outbox import Email
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from portal.staff.model import Role, Staff
from tests.cast import HX, Client, Post, employ, form_of, link, received, reload, sign_in

FORWARDING = {"to": "Областно пътно управление", "ground": "Пътят е републикански.", "whole": "whole"}


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def case(sessions: Sessions, settings: Settings) -> Case:
    return await received(sessions, settings)


async def kinds(sessions: Sessions, case: Case) -> list[EventKind]:
    async with transaction(sessions) as db:
        return [event.kind for event in await history.events(db, case)]


async def take(client: Client, case: Case, turn: str, presses: int = 1, **data: str) -> int:
    """Open the form, fill it in, press the button; return the last status before the redirect."""
    path = f"/staff/cases/{case.id}/{turn}"
    form = form_of(await client.get(path, headers=HX))
    status = 0
    for _ in range(presses):
        status = (await client.post(path, data={**form, **data}, follow_redirects=False)).status_code
    return status


@pytest.mark.usefixtures("maria")
async def test_note_is_for_colleagues_alone(client: Client, sessions: Sessions, case: Case, post: Post) -> None:
    assert await take(client, case, "note", presses=2, text="Синът на кмета живее там.") == 303
    assert (await kinds(sessions, case)).count(EventKind.NOTE) == 1
    assert "Синът на кмета" in (await client.get(f"/staff/cases/{case.id}")).text
    letters = await post.deliver()
    assert [letter.event for letter in letters] == ["please_confirm", "received"]
    assert "Синът" not in (await client.get(link(letters[-1], "track"))).text
    assert "Синът" not in (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text


@pytest.mark.usefixtures("maria")
async def test_sender_is_asked_and_answers_by_the_link(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    await take(client, case, "clarification", presses=2, text="Пред кой вход е дупката?")
    asked = await reload(sessions, case)
    assert (asked.status, asked.due_on) == (Status.AWAITING_CLARIFICATION, case.due_on)
    letters = [letter for letter in await post.deliver() if letter.event == "clarification"]
    assert len(letters) == 1
    assert "Пред кой вход" in letters[0].text
    page = link(letters[0], "track")
    assert "Пред кой вход" in (await client.get(page)).text
    empty = await client.post(f"{page}/clarification", data={"answer": " "})
    assert (empty.status_code, "Напишете уточнението" in empty.text) == (422, True)
    for _ in range(2):
        await client.post(f"{page}/clarification", data={"answer": "Пред вход Б."})
    assert (await reload(sessions, case)).status is Status.RECEIVED
    assert (await kinds(sessions, case)).count(EventKind.CLARIFIED) == 1
    assert "Пред вход Б." in (await client.get(f"/staff/cases/{case.id}")).text
    public = (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text
    assert "Уточнение от подателя" in public
    assert "вход Б" not in public


@pytest.mark.usefixtures("maria")
async def test_forwarded_whole_it_is_anothers_to_answer(
    client: Client, sessions: Sessions, case: Case, post: Post
) -> None:
    await take(client, case, "forwarding", 2, **FORWARDING)
    assert (await reload(sessions, case)).status is Status.FORWARDED
    told = [letter.text for letter in await post.deliver() if letter.event == "forwarded"]
    assert len(told) == 1
    assert "Оттам ще Ви отговорят" in told[0]
    public = (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text
    assert "Препращане до Областно пътно управление" in public


@pytest.mark.usefixtures("maria")
async def test_forwarded_in_part_it_stays_ours(client: Client, sessions: Sessions, case: Case) -> None:
    await take(client, case, "forwarding", to=FORWARDING["to"], ground=FORWARDING["ground"], whole="part")
    assert (await reload(sessions, case)).status is Status.RECEIVED


@pytest.mark.usefixtures("maria")
async def test_not_examined_with_its_ground(client: Client, sessions: Sessions, case: Case, post: Post) -> None:
    await take(client, case, "no-proceedings", ground="anonymous")
    assert (await reload(sessions, case)).status is Status.NO_PROCEEDINGS
    assert "анонимно" in (await post.deliver())[-1].text


@pytest.mark.usefixtures("maria")
@pytest.mark.parametrize("publication", [Publication.UNNAMED, Publication.PRIVATE])
@pytest.mark.parametrize("email", ["penka@example.bg", "another@example.bg"])
async def test_repeated_it_names_the_earlier_case_to_who_may_know_it(
    client: Client, sessions: Sessions, settings: Settings, post: Post, publication: Publication, email: str
) -> None:
    earlier = await received(sessions, settings, draft="earlier", publication=publication, email=email)
    case = await received(sessions, settings)
    typed = f"s-{earlier.incoming_seq}"
    assert await take(client, case, "no-proceedings", presses=2, ground="repeated", earlier=typed) == 303
    number, letter = f"вх. № {earlier.incoming_number}", (await post.deliver())[-1]
    public = f"/register/{earlier.incoming_year}/{earlier.incoming_seq}"
    is_public = publication is Publication.UNNAMED
    assert letter.event == "no_proceedings"
    may_know = is_public or email == case.sender_email
    assert (number in letter.text) is may_know
    assert (number in (await client.get(link(letter, "track"))).text) is may_know
    assert f'href="/staff/cases/{earlier.id}">Към {number}' in (await client.get(f"/staff/cases/{case.id}")).text
    page = (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text
    assert (f'href="{public}"' in page) is is_public
    assert (number in page) is is_public


@pytest.mark.usefixtures("maria")
@pytest.mark.parametrize(
    ("turn", "data", "said"),
    [
        ("note", {"text": ""}, "Напишете бележката"),
        ("clarification", {"text": ""}, "Напишете какво да уточни"),
        ("forwarding", {**FORWARDING, "to": ""}, "Напишете до кого"),
        ("forwarding", {**FORWARDING, "whole": "x"}, "Изберете дали се препраща всичко"),
        ("no-proceedings", {"ground": "boring"}, "Изберете основание"),
        ("no-proceedings", {"ground": "repeated", "earlier": ""}, "Въведете номера"),
        ("no-proceedings", {"ground": "repeated", "earlier": "С-1"}, "няма друга с такъв номер"),
        ("no-proceedings", {"ground": "repeated", "earlier": "дупка"}, "няма друга с такъв номер"),
    ],
)
async def test_mistake_is_told_beside_the_field(
    client: Client, case: Case, turn: str, data: dict[str, str], said: str
) -> None:
    answer = await client.post(f"/staff/cases/{case.id}/{turn}", data=data)
    assert answer.status_code == 422
    assert said in answer.text


async def test_colleagues_turn_is_shown_and_nothing_typed_is_lost(
    client: Client, sessions: Sessions, case: Case, maria: Staff
) -> None:
    path = f"/staff/cases/{case.id}/forwarding"
    form = form_of(await client.get(path))
    async with transaction(sessions) as db:
        mine = await lookup.received(db, case.id, lock=True)
        assert mine is not None
        await no_proceedings.end_without_proceedings(db, mine, Ground.REPEATED, by=maria, at=clock.now())
    answer = await client.post(path, data={**form, **FORWARDING})
    assert answer.status_code == 409
    assert "Пътят е републикански." in answer.text
    assert (await reload(sessions, case)).status is Status.NO_PROCEEDINGS


async def test_reopened_it_has_a_term_anew_and_its_reply_is_no_correction(
    sessions: Sessions, settings: Settings, maria: Staff
) -> None:
    began = clock.now() - timedelta(days=40)
    case = await received(sessions, settings, at=began)
    again = clock.now()
    async with transaction(sessions) as db:
        mine = await lookup.received(db, case.id, lock=True)
        assert mine is not None
        assert mine.due_on is not None
        later = mine.due_on + timedelta(days=7)
        await due_date.extend(db, mine, later, "оглед", by=maria, at=began + timedelta(days=1))
        await reply.reply(db, mine, "Запълнена е.", by=maria, at=began + timedelta(days=12))
        await closure.close(db, mine, by=maria, at=began + timedelta(days=26))
        await reopening.reopen(db, mine, "Пак се отвори.", settings.municipality, by=maria, at=again)
        fresh = deadlines.first_due_on(local_date(again), settings.municipality.days, await deadlines.calendar(db))
        assert (mine.status, mine.due_on, mine.first_due_on) == (Status.RECEIVED, fresh, fresh)
        assert await deadlines.extensions(db, mine) == []
        await reply.reply(db, mine, "Запълнена е.", by=maria, at=again + timedelta(seconds=1))
        event = (await history.events(db, mine))[0]
    assert (event.kind, event.details["correction"]) == (EventKind.REPLIED, False)
    assert mine.replied_at == again + timedelta(seconds=1)
    async with transaction(sessions) as db:
        assert await closure.close_answered(db, at=again + timedelta(days=13)) == 0


@pytest.mark.parametrize(("days", "reopened"), [(29, True), (31, False)])
async def test_sender_reopens_within_thirty_days(
    client: Client, sessions: Sessions, settings: Settings, post: Post, maria: Staff, days: int, *, reopened: bool
) -> None:
    ago = clock.now() - timedelta(days=days)
    case = await received(sessions, settings, at=ago - timedelta(days=1))
    async with transaction(sessions) as db:
        mine = await lookup.received(db, case.id, lock=True)
        assert mine is not None
        await reply.reply(db, mine, "Запълнена е.", by=maria, at=ago)
    page = link((await post.deliver())[-1], "track").removesuffix("/resolved")
    assert ("не е изпълнено" in (await client.get(page)).text) is reopened
    for _ in range(2):
        await client.post(f"{page}/reopening", data={"reason": "Дупката още е там."})
    async with transaction(sessions) as db:
        found = [event for event in await history.events(db, case) if event.kind is EventKind.REOPENED]
    assert [event.actor for event in found] == [Actor.SENDER] * reopened


@pytest.mark.parametrize("role", [Role.HEAD, Role.DEPARTMENT])
async def test_who_only_reads_takes_no_turn(client: Client, sessions: Sessions, settings: Settings, role: Role) -> None:
    case = await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions, role=role, department="works"))
    for turn in ("note", "clarification", "forwarding", "no-proceedings", "closure", "reopening"):
        path = f"/staff/cases/{case.id}/{turn}"
        data = {**FORWARDING, "text": "Опит.", "reason": "Опит."} | ({"ground": "repeated"} if "no-" in turn else {})
        assert (await client.get(path)).status_code in {403, 404}
        assert (await client.post(path, data=data)).status_code in {403, 404}


@pytest.mark.usefixtures("case")
async def test_queues_hold_what_waits_for_whom(client: Client, sessions: Sessions, case: Case, maria: Staff) -> None:
    async def queues() -> set[str]:
        return {name for name in ("mine", "with_department", "with_sender", "reopened", "undelivered", "new")
                if "Дупка на ул. Речна" in (await client.get(f"/staff?queue={name}")).text}  # fmt: skip

    assert await queues() == {"new"}
    await take(client, case, "clarification", text="Пред кой вход?")
    assert await queues() == {"mine", "with_sender"}
    await take(client, case, "forwarding", to="Полиция", ground="тяхно е", whole="whole")
    await take(client, case, "reopening", reason="върнаха го")
    assert await queues() == {"mine", "reopened", "new"}
    colleague = await employ(sessions, name="Елена Димитрова")
    async with transaction(sessions) as db:
        mine = await lookup.received(db, case.id, lock=True)
        works = await db.get_one(Department, "works")
        assert mine is not None
        await assignment.assign(db, mine, works, by=colleague, at=clock.now())
        await db.execute(update(Email).values(state="failed", lease_until=None, accepted_at=None))
    assert await queues() == {"with_department", "reopened", "undelivered"}
    assert maria.id != colleague.id
