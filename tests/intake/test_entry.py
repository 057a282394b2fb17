"""What came by telephone, by letter or at the counter, entered by the staff."""

import re

import pytest
from sqlalchemy import func, select

from portal.cases import history
from portal.cases.model import Actor, Case, Channel, Status
from portal.db import Sessions, transaction
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import Client, Post, employ, form_of, link, received, sign_in

GRANDMOTHER = {
    "kind": "question",
    "channel": "phone",
    "text": "Кога ще пуснат водата на улица Шипка?",
    "name": "Стоянка Петрова",
    "publication": "public_unnamed",
}


async def only_case(sessions: Sessions) -> Case:
    async with transaction(sessions) as db:
        return (await db.scalars(select(Case))).one()


async def test_case_from_the_telephone_is_received_at_once_and_printed(client: Client, sessions: Sessions) -> None:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    form = form_of(await client.get("/staff/entry"))
    receipt = await client.post("/staff/entry", data={**form, **GRANDMOTHER})
    case = await only_case(sessions)
    assert (case.status, case.channel, case.sender_email, case.sender_phone) == (
        Status.RECEIVED, Channel.PHONE, None, None,
    )  # fmt: skip
    assert receipt.url.path == f"/staff/cases/{case.id}/receipt"
    assert case.incoming_number is not None
    assert case.incoming_number in receipt.text
    assert "/track/" in receipt.text
    assert "<svg" in receipt.text
    async with transaction(sessions) as db:
        event = (await history.events(db, case))[0]
    assert (event.actor, event.staff_id) == (Actor.STAFF, maria.id)
    assert "телефон" in (await client.get(f"/staff/cases/{case.id}")).text


async def test_sender_with_an_address_gets_the_receipt_by_email(client: Client, sessions: Sessions, post: Post) -> None:
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/entry"))
    await client.post("/staff/entry", data={**form, **GRANDMOTHER, "email": "stoyanka@example.bg"})
    letters = await post.deliver()
    assert [letter.event for letter in letters] == ["received"]
    assert (await client.get(link(letters[0], "track"))).status_code == 200


async def test_pressing_twice_enters_one_case(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/entry"))
    for _ in range(2):
        assert (await client.post("/staff/entry", data={**form, **GRANDMOTHER})).status_code == 200
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("kind", "", "Изберете какво се подава"),
        ("channel", "portal", "Изберете как е получено"),
        ("name", "Стоянка", "Въведете и име, и фамилия"),
        ("phone", "12", "Проверете цифрите"),
        ("email", "няма", "Въведете имейл с латински букви"),
        ("publication", "x", "Изберете дали текстът да бъде публикуван"),
    ],
)
async def test_mistake_is_told_beside_the_field_and_nothing_is_lost(
    client: Client, sessions: Sessions, field: str, value: str, said: str
) -> None:
    await sign_in(client, sessions, await employ(sessions))
    answer = await client.post("/staff/entry", data={**GRANDMOTHER, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert GRANDMOTHER["text"] in answer.text


async def test_department_enters_nothing(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="works"))
    assert (await client.get("/staff/entry")).status_code == 403
    assert (await client.post("/staff/entry", data=GRANDMOTHER)).status_code == 403


async def test_receipt_only_reads(client: Client, sessions: Sessions) -> None:
    """The staff have seen its address: nothing that is done with it could be told from what they do."""
    await sign_in(client, sessions, await employ(sessions))
    entered = await client.post("/staff/entry", data={**form_of(await client.get("/staff/entry")), **GRANDMOTHER})
    (paper,) = re.findall(r"http://[^/\s]+(/track/\S+?)<", entered.text)
    page = await client.get(paper)
    assert page.status_code == 200
    assert "само се чете" in page.text
    assert f'action="{paper}' not in page.text
    for act, data in (
        ("withdrawal", {}), ("publication", {"publication": "private"}), ("reopening", {"reason": "не е"}),
        ("clarification", {"answer": "тук"}), ("resolved", {}), ("links", {}),
    ):  # fmt: skip
        assert (await client.post(f"{paper}/{act}", data=data)).status_code == 404, act


async def test_receipt_of_what_the_sender_wrote_here_is_not_printed(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    """Its link lies in the sender's own mailbox, and nowhere else."""
    case = await received(sessions, settings)
    for role in (Role.OPERATOR, Role.HEAD, Role.ADMIN):
        await sign_in(client, sessions, await employ(sessions, role=role))
        assert (await client.get(f"/staff/cases/{case.id}/receipt")).status_code == 403
