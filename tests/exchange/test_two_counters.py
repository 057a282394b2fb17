"""An older portal that counted each kind apart: both stay, by their whole numbers."""

import json

import pytest
from sqlalchemy import select

from portal import clock, demo
from portal.cases import numbers
from portal.cases.model import Case
from portal.commands import import_
from portal.db import Sessions, transaction
from portal.errors import OperatorError
from portal.exchange import importing
from portal.exchange.importing import Record
from portal.intake import lost_link
from portal.mail.outbox import Email
from portal.settings import Settings
from tests.cast import Client, employ, received, sign_in


def record(number: str, **changes: object) -> Record:
    given = json.loads(demo.CASES.read_text("utf-8").splitlines()[0])
    moment = "2025-11-10T12:00:00+02:00"
    given |= {"incoming_no": number, "submitted_at": None, "received_at": moment, "due_on": "2025-11-24"}
    given |= {"first_due_on": None, "status": "received", "department": None, "actions": [], "title": number}
    (one,) = importing.read_json_lines([json.dumps({**given, **changes})])
    assert isinstance(one, Record), one
    return one


SIGNAL, PROPOSAL, QUESTION = "С-0901/10.11.2025", "П-0901/10.11.2025", "В-0901/10.11.2025"


@pytest.fixture
async def both(sessions: Sessions) -> list[Record]:
    both = [record(SIGNAL), record(PROPOSAL, kind="proposal")]
    assert await import_.add(sessions, both, quiet=True) == 2
    return both


@pytest.mark.usefixtures("both")
async def test_each_has_an_address_of_its_own(client: Client) -> None:
    items = (await client.get("/register.json?q=901/2025")).json()["items"]
    assert {one["incoming_number"] for one in items} == {SIGNAL, PROPOSAL}
    assert len({one["url"] for one in items}) == 2
    for one in items:
        page = await client.get(one["url"].replace("http://testserver.local", ""))
        assert one["incoming_number"] in page.text


@pytest.mark.parametrize("asked", [SIGNAL, PROPOSAL, "901/2025", "0901/10.11.2025", "П-901"])
async def test_each_is_found_by_its_number(client: Client, sessions: Sessions, both: list[Record], asked: str) -> None:
    await sign_in(client, sessions, await employ(sessions))
    page = (await client.get("/staff", params={"q": asked})).text
    assert all(one.incoming_no in page for one in both)


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (SIGNAL, SIGNAL), (PROPOSAL, PROPOSAL), ("п-901/2025", PROPOSAL), ("P-901/2025", PROPOSAL),
        ("с-901/2025", SIGNAL), ("901/2025", SIGNAL),
    ],
)  # fmt: skip
async def test_letter_chooses_where_one_is_meant(sessions: Sessions, typed: str, number: str) -> None:
    async with transaction(sessions) as db:
        found = await numbers.find(db, typed, on=clock.today())
        assert await db.scalar(select(Case.incoming_number).where(Case.id == found)) == number


async def test_second_run_adds_nothing_and_a_third_counter_has_its_place(
    sessions: Sessions, both: list[Record]
) -> None:
    assert await import_.add(sessions, both, quiet=True) == 0
    assert await import_.add(sessions, [*both, record(QUESTION, kind="question")], quiet=True) == 1
    async with transaction(sessions) as db:
        places = list(await db.scalars(select(Case.incoming_seq).order_by(Case.incoming_seq)))
    assert places == [901, 300_901, 600_901]


@pytest.mark.parametrize(
    "wrong",
    [
        [record(SIGNAL), record(SIGNAL)],
        [record(SIGNAL), record("С-901/11.11.2025")],
        [record(f"{letter}-0901/10.11.2025") for letter in "СПВЖ"],
    ],
)
async def test_number_that_stands_twice_in_one_counter_is_refused(sessions: Sessions, wrong: list[Record]) -> None:
    with pytest.raises(OperatorError, match="901"):
        await import_.add(sessions, wrong, quiet=True)


async def test_lost_link_comes_to_whoever_s_it_is(sessions: Sessions, both: list[Record]) -> None:
    async with transaction(sessions) as db:
        assert both[0].sender.email
        await lost_link.send(db, 2025, 901, both[0].sender.email, at=clock.now())
        subjects = list(await db.scalars(select(Email.subject)))
    assert len(subjects) == 2


async def test_next_number_follows_both_counters(sessions: Sessions, settings: Settings) -> None:
    both = [record("С-0003/10.11.2025"), record("П-0003/10.11.2025"), record("П-0007/10.11.2025")]
    await import_.add(sessions, both, quiet=True)
    assert (await received(sessions, settings, at=both[0].received_at)).incoming_seq == 8
