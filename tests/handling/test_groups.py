"""The same problem, many senders: under one lead, and what becomes of it whatever happens to one of them."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.cases import history, lookup
from portal.cases.model import Actor, Case, EventKind, Publication, Status
from portal.db import Sessions, transaction
from portal.handling import assignment, closure, forwarding, groups, no_proceedings, reopening, withdrawal
from portal.municipality import Department
from portal.replies import reply
from portal.settings import Settings
from portal.staff.model import Staff
from tests.cast import Post, employ, received, reload, submitted

TOLD_APART = ["please_confirm", "received"]


@pytest.fixture
async def maria(sessions: Sessions) -> Staff:
    return await employ(sessions)


@pytest.fixture
async def four(sessions: Sessions, settings: Settings) -> list[Case]:
    """Four senders of the same hole, the first of them first."""
    return [
        await received(sessions, settings, draft=f"{n}", text=f"Дупка номер {n}.", email=f"n{n}@example.bg")
        for n in range(4)
    ]


async def put(sessions: Sessions, case: Case, other: Case, by: Staff) -> None:
    async with transaction(sessions) as db:
        mine = await lookup.received(db, case.id, other.id, lock=True)
        assert mine is not None
        await groups.group(db, mine, await db.get_one(Case, other.id), by=by, at=clock.now())


async def group_all(sessions: Sessions, cases: list[Case], by: Staff) -> None:
    for one in cases[1:]:
        await put(sessions, one, cases[0], by)


async def leads(sessions: Sessions, cases: list[Case]) -> list[int | None]:
    """Return for each case the place in the list of what leads it."""
    ids = [case.id for case in cases]
    found = [(await reload(sessions, case)).lead_id for case in cases]
    return [None if one is None else ids.index(one) for one in found]


async def kinds(sessions: Sessions, case: Case) -> list[EventKind]:
    async with transaction(sessions) as db:
        return [event.kind for event in reversed(await history.events(db, case))][2:]


async def told(post: Post, number: int) -> list[str]:
    letters = [letter.event or "" for letter in await post.deliver() if letter.to == f"n{number}@example.bg"]
    assert letters[:2] == TOLD_APART
    return letters[2:]


async def answer(sessions: Sessions, case: Case, said: str, by: Staff) -> list[int]:
    """Answer the case and whatever it answers with; return the ids of those."""
    async with transaction(sessions) as db:
        mine = await lookup.received(db, case.id, lock=True)
        assert mine is not None
        found = await groups.of(db, mine)
        also = found.answered_with(mine) if found else []
        await reply.reply_to_all(db, mine, also, said, by=by, at=clock.now())
        return [one.id for one in also]


async def test_member_keeps_what_is_its_own_and_hears_of_it_once(
    sessions: Sessions, maria: Staff, four: list[Case], post: Post
) -> None:
    for _ in range(2):
        await put(sessions, four[1], four[0], maria)
    member = await reload(sessions, four[1])
    assert (member.lead_id, member.incoming_number, member.due_on) == (
        four[0].id,
        four[1].incoming_number,
        four[1].due_on,
    )
    assert await kinds(sessions, four[0]) == await kinds(sessions, four[1]) == [EventKind.GROUPED]
    assert (await told(post, 0), await told(post, 1)) == ([], ["grouped"])
    letter = (await post.deliver())[-1]
    assert f"/register/{four[0].incoming_year}/{four[0].incoming_seq}" in letter.text
    assert "Пенка" not in letter.text


async def test_lead_that_nobody_may_see_is_not_named(
    sessions: Sessions, settings: Settings, maria: Staff, four: list[Case], post: Post
) -> None:
    secret = await received(sessions, settings, draft="s", publication=Publication.PRIVATE)
    await put(sessions, four[1], secret, maria)
    letter = (await post.deliver())[-1]
    assert letter.event == "grouped"
    assert str(secret.incoming_number) not in letter.text
    assert "/register/" not in letter.text


async def test_there_are_no_chains(sessions: Sessions, maria: Staff, four: list[Case]) -> None:
    await put(sessions, four[1], four[0], maria)
    await put(sessions, four[2], four[1], maria)  # under a member is under its lead
    assert await leads(sessions, four) == [None, 0, 0, None]
    await put(sessions, four[0], four[3], maria)  # a lead brings what it leads
    assert await leads(sessions, four) == [3, 3, 3, None]
    await put(sessions, four[3], four[0], maria)  # together already
    assert await leads(sessions, four) == [3, 3, 3, None]
    async with transaction(sessions) as db:
        assert await groups.of(db, await db.get_one(Case, four[1].id)) is not None


async def test_member_goes_over_to_another_group_alone(sessions: Sessions, maria: Staff, four: list[Case]) -> None:
    await group_all(sessions, four[:3], maria)
    await put(sessions, four[2], four[3], maria)
    assert await leads(sessions, four) == [None, 0, 3, None]
    assert (await kinds(sessions, four[0]))[-1] is EventKind.UNGROUPED


async def test_database_itself_refuses_what_may_not_be(sessions: Sessions, maria: Staff, four: list[Case]) -> None:
    await group_all(sessions, four[:2], maria)
    waiting = await submitted(sessions, draft="waiting")
    lead, member, other, gone = (case.id for case in four)
    async with transaction(sessions) as db:
        await withdrawal.withdraw(db, await db.get_one(Case, gone), at=clock.now())
    for case, under in ((other, member), (lead, other), (other, other), (other, waiting.id), (waiting.id, lead),
                        (gone, lead), (other, gone)):  # fmt: skip
        with pytest.raises(IntegrityError, match=r"led_by_one_that_may|member_is_received"):
            async with transaction(sessions) as db:
                await db.execute(text(f"UPDATE cases SET lead_id = {under} WHERE id = {case}"))
    with pytest.raises(IntegrityError, match="led_by_one_that_may"):
        async with transaction(sessions) as db:
            await db.execute(text(f"UPDATE cases SET status = 'withdrawn' WHERE id = {lead}"))


async def test_one_reply_answers_all_once_each(sessions: Sessions, maria: Staff, four: list[Case], post: Post) -> None:
    await group_all(sessions, four, maria)
    assert await answer(sessions, four[0], "Запълнена е.", maria) == [four[1].id, four[2].id, four[3].id]
    assert await answer(sessions, four[0], "Запълнена е.", maria) == [four[1].id, four[2].id, four[3].id]
    for number, case in enumerate(four):
        found = await reload(sessions, case)
        assert (found.status, found.reply) == (Status.ANSWERED, "Запълнена е.")
        assert (await kinds(sessions, case)).count(EventKind.REPLIED) == 1
        assert (await told(post, number)).count("replied") == 1
    await answer(sessions, four[0], "Запълнена е днес.", maria)
    for number, case in enumerate(four):
        async with transaction(sessions) as db:
            newest = (await history.events(db, case, {EventKind.REPLIED}))[0]
        assert newest.details == {"text": "Запълнена е днес.", "correction": True}
        assert (await told(post, number)).count("replied") == 2


async def test_what_was_answered_by_itself_is_not_overwritten(
    sessions: Sessions, maria: Staff, four: list[Case]
) -> None:
    await group_all(sessions, four, maria)
    await answer(sessions, four[1], "Вашата е друга дупка.", maria)
    async with transaction(sessions) as db:
        elsewhere = await lookup.received(db, four[2].id, lock=True)
        assert elsewhere is not None
        await forwarding.forward(db, elsewhere, "АПИ", "Пътят е републикански.", whole=True, by=maria, at=clock.now())
    assert await answer(sessions, four[0], "Запълнена е.", maria) == [four[3].id]
    assert await answer(sessions, four[0], "Запълнена е днес.", maria) == [four[3].id]
    assert (await reload(sessions, four[1])).reply == "Вашата е друга дупка."
    assert (await reload(sessions, four[2])).reply is None


async def test_reply_of_a_member_is_its_own(sessions: Sessions, maria: Staff, four: list[Case]) -> None:
    await group_all(sessions, four, maria)
    assert await answer(sessions, four[1], "Само за Вас.", maria) == []
    assert (await reload(sessions, four[0])).status is Status.RECEIVED


async def test_who_comes_late_gets_the_reply_when_it_is_sent_again(
    sessions: Sessions, maria: Staff, four: list[Case], post: Post
) -> None:
    await group_all(sessions, four[:2], maria)
    await answer(sessions, four[0], "Запълнена е.", maria)
    await put(sessions, four[2], four[0], maria)
    assert (await reload(sessions, four[2])).status is Status.RECEIVED
    await answer(sessions, four[0], "Запълнена е.", maria)
    assert (await reload(sessions, four[2])).status is Status.ANSWERED
    assert [(await told(post, number)).count("replied") for number in range(3)] == [1, 1, 1]


async def test_withdrawn_lead_hands_over_to_the_oldest_that_is_open(
    sessions: Sessions, maria: Staff, four: list[Case], post: Post
) -> None:
    await group_all(sessions, four, maria)
    await answer(sessions, four[1], "Вашата е друга дупка.", maria)
    async with transaction(sessions) as db:
        mine = await lookup.received(db, four[0].id, lock=True)
        assert mine is not None
        await withdrawal.withdraw(db, mine, at=clock.now())
    assert await leads(sessions, four) == [None, 2, None, 2]
    assert await kinds(sessions, four[0]) == [EventKind.GROUPED] * 3 + [EventKind.UNGROUPED, EventKind.WITHDRAWN]
    assert await told(post, 0) == ["withdrawn"]
    assert await told(post, 3) == ["grouped"]
    async with transaction(sessions) as db:
        (moved,) = (await history.events(db, four[3], {EventKind.GROUPED}))[:1]
    assert (moved.actor, moved.details["other"]) == (Actor.SYSTEM, four[2].id)


async def test_of_two_who_is_left_alone_hears_of_it(
    sessions: Sessions, maria: Staff, four: list[Case], post: Post
) -> None:
    await group_all(sessions, four[:2], maria)
    async with transaction(sessions) as db:
        mine = await lookup.received(db, four[0].id, lock=True)
        assert mine is not None
        await withdrawal.withdraw(db, mine, at=clock.now())
    assert await leads(sessions, four[:2]) == [None, None]
    assert await told(post, 1) == ["grouped", "ungrouped"]


async def test_withdrawn_member_leaves_the_others_as_they_are(
    sessions: Sessions, maria: Staff, four: list[Case], post: Post
) -> None:
    await group_all(sessions, four, maria)
    async with transaction(sessions) as db:
        mine = await lookup.received(db, four[2].id, lock=True)
        assert mine is not None
        await withdrawal.withdraw(db, mine, at=clock.now())
    assert await leads(sessions, four) == [None, 0, None, 0]
    assert await told(post, 2) == ["grouped", "withdrawn"]


@pytest.mark.parametrize(("which", "after"), [(0, [None, 0, 0, 0]), (1, [None, None, 0, 0])])
async def test_reopened_member_goes_its_own_way_and_a_lead_stays(
    sessions: Sessions, settings: Settings, maria: Staff, four: list[Case], which: int, after: list[int | None]
) -> None:
    await group_all(sessions, four, maria)
    await answer(sessions, four[0], "Запълнена е.", maria)
    async with transaction(sessions) as db:
        mine = await lookup.received(db, four[which].id, lock=True)
        assert mine is not None
        await reopening.reopen(db, mine, "Не е.", settings.municipality, by=Actor.SENDER, at=clock.now())
    assert await leads(sessions, four) == after
    assert await answer(sessions, four[which], "Сега вече е.", maria) == []
    assert (await reload(sessions, four[3])).reply == "Запълнена е."


async def test_actions_are_of_the_one_case_alone(sessions: Sessions, maria: Staff, four: list[Case]) -> None:
    await group_all(sessions, four, maria)
    async with transaction(sessions) as db:
        lead = await lookup.received(db, four[0].id, lock=True)
        assert lead is not None
        await no_proceedings.end_without_proceedings(db, lead, no_proceedings.Ground.REPEATED, by=maria, at=clock.now())
    assert await leads(sessions, four) == [None, 0, 0, 0]
    assert [(await reload(sessions, case)).status for case in four[1:]] == [Status.RECEIVED] * 3


async def test_each_is_closed_by_itself(sessions: Sessions, maria: Staff, four: list[Case], post: Post) -> None:
    await group_all(sessions, four[:2], maria)
    await answer(sessions, four[0], "Запълнена е.", maria)
    async with transaction(sessions) as db:
        assert await closure.close_answered(db, at=clock.now() + timedelta(days=15)) == 2
    await post.deliver()
    assert await leads(sessions, four[:2]) == [None, 0]


async def test_lead_keeps_its_hands_and_what_its_department_said(
    sessions: Sessions, maria: Staff, four: list[Case]
) -> None:
    elena = await employ(sessions, name="Елена Димитрова")
    async with transaction(sessions) as db:
        lead = await db.get_one(Case, four[0].id)
        await assignment.assign(db, lead, await db.get_one(Department, "works"), by=elena, at=clock.now())
        lead.department_answered_at = clock.now()
    await put(sessions, four[1], four[0], maria)
    lead, member = await reload(sessions, four[0]), await reload(sessions, four[1])
    assert (lead.in_hands_of, member.in_hands_of) == (elena.id, maria.id)
    assert lead.department_answered_at is not None


async def test_dissolved_each_stands_by_itself(sessions: Sessions, maria: Staff, four: list[Case], post: Post) -> None:
    await group_all(sessions, four, maria)
    await answer(sessions, four[1], "Вашата е друга дупка.", maria)
    async with transaction(sessions) as db:
        mine = await lookup.received(db, four[2].id, lock=True)
        assert mine is not None
        found = await groups.of(db, mine)
        assert found is not None
        await groups.dissolve(db, found, by=maria, at=clock.now())
    assert await leads(sessions, four) == [None] * 4
    assert await told(post, 1) == ["grouped", "replied"]  # answered: it waits for nothing any more
    assert await told(post, 2) == ["grouped", "ungrouped"]
