"""An older portal's register, taken over."""

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import demo
from portal.cases.model import Case, Event, EventKind, Extension
from portal.commands import import_
from portal.db import Sessions, transaction
from portal.errors import OperatorError
from portal.exchange import importing
from portal.exchange.importing import BadLine, Record
from portal.mail.outbox import Email
from portal.settings import Settings
from tests.cast import Client, received


async def test_demonstration_is_taken_over_whole(sessions: Sessions, client: Client) -> None:
    records = import_.read(demo.CASES)
    assert await import_.add(sessions, records, quiet=True) == 240
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Extension)) == 17
        assert await db.scalar(select(func.count()).select_from(Event).where(Event.kind == EventKind.FORWARDED)) == 37
        assert await db.scalar(select(func.count()).select_from(Email)) == 0
    assert (await client.get("/register.json")).json()["total"] == 208
    page = (await client.get("/register/2020/25")).text
    assert "С-0025/18.03.2020" in page


async def test_second_run_adds_nothing(sessions: Sessions) -> None:
    records = import_.read(demo.CASES)[:30]
    assert await import_.add(sessions, records, quiet=True) == 30
    assert await import_.add(sessions, records, quiet=True) == 0


async def test_dry_run_keeps_nothing(sessions: Sessions) -> None:
    assert await import_.add(sessions, import_.read(demo.CASES)[:5], dry_run=True, quiet=True) == 5
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 0


async def test_next_number_follows_the_imported_ones(sessions: Sessions, settings: Settings) -> None:
    records = import_.read(demo.CASES)
    await import_.add(sessions, records, quiet=True)
    at = records[-1].received_at
    assert (await received(sessions, settings, at=at)).incoming_seq == 241


def line(**changes: object) -> str:
    given = json.loads(demo.CASES.read_text("utf-8").splitlines()[0])
    return json.dumps({**given, **changes})


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "truncated"),
        ("[]", "Expected .object"),
        (line(kind="complaint"), "kind"),
        (line(incoming_no="25"), "С-0025/18.03.2020"),
        (line(status="awaiting_confirmation"), "не е постъпило"),
        (line(status="answered", actions=[]), "without a reply"),
        (line(actions=[{"type": "danced", "at": "2020-03-09T12:45:07+02:00"}]), "danced"),
        (line(actions=[{"type": "extended", "at": "2020-03-09T12:45:07+02:00", "reason": "x"}]), "without days"),
        (line(sender={"email": "a@b.bg"}), "name"),
        (line(sender={"name": "Иван\nBcc: x@y.bg"}), "name"),
        (line(sender={"name": "Иван Петров", "email": "иван"}), "email"),
        (line(sender={"name": "Иван Петров", "email": "пенка@пример.бг"}), "не може да се пише"),
        (line(text="нула\0"), "NUL"),
        (line(incoming_no="С-9001/99.99.2021"), "day is out of range|month must be"),
        (line(incoming_no="С-1048577/01.03.2019"), "С-0025/18.03.2020"),
        (
            line(
                received_at="2099-03-09T12:45:07+02:00",
                incoming_no="С-1/09.03.2099",
                first_due_on=None,
                due_on="2099-03-23",
                actions=[],
                status="received",
            ),
            "бъдещето",
        ),
        (line(incoming_no="С-0001/09.03.2019"), "друга година"),
        (line(submitted_at="2021-03-09T12:45:07+02:00"), "подадено е след"),
        (line(first_due_on="2020-03-01"), "преди постъпването"),
        (line(actions=[{"type": "closed", "at": "2020-03-01T12:45:07+02:00"}]), "преди постъпването"),
        (line(actions=[{"type": "closed", "at": "2099-03-01T12:45:07+02:00"}]), "бъдещето"),
        (
            line(
                actions=[
                    {"type": "closed", "at": "2020-05-01T12:45:07+02:00"},
                    {"type": "reopened", "at": "2020-04-01T12:45:07+02:00"},
                ]
            ),
            "преди постъпването или действието",
        ),
        (
            line(
                actions=[
                    {
                        "type": "extended",
                        "at": "2020-03-19T12:45:07+02:00",
                        "reason": "x",
                        "days": 7,
                        "old_due_on": "2020-03-23",
                        "new_due_on": "2020-03-16",
                    }
                ]
            ),
            "не е по-късен",
        ),
        (line(due_on="2019-01-01"), "преди постъпването"),
        (line(actions=[{"type": "publication_chosen", "at": "2020-03-09T12:45:07+02:00"}]), "taken over"),
        (line(actions=[{"type": "reminder_to_department", "at": "2020-03-09T12:45:07+02:00"}]), "without department"),
    ],
)
def test_bad_line_is_named_by_number_and_reason(bad: str, reason: str) -> None:
    good, wrong = importing.read_json_lines([line(), bad])
    assert isinstance(good, Record)
    assert isinstance(wrong, BadLine)
    assert wrong.number == 2
    assert re.search(reason, wrong.reason)


async def test_all_or_nothing(sessions: Sessions, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{line()}\n{line(kind='nonsense')}\n", "utf-8")
    with pytest.raises(OperatorError, match="ред 2"):
        import_.read(file)
    file.write_text(f"{line()}\n{line(topic='dragons', incoming_no='С-0002/09.03.2020')}\n", "utf-8")
    with pytest.raises(OperatorError, match="dragons"):
        await import_.add(sessions, import_.read(file), quiet=True)
    file.write_text(f"{line()}\n{line()}\n", "utf-8")
    with pytest.raises(OperatorError, match="стои два пъти"):
        await import_.add(sessions, import_.read(file), quiet=True)
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == 0


def test_naive_moment_is_sofia_s() -> None:
    (one,) = importing.read_json_lines([line(received_at="2020-03-09T12:45:07", submitted_at=None)])
    assert isinstance(one, Record)
    assert one.received_at.isoformat() == "2020-03-09T12:45:07+02:00"


async def test_csv_has_the_same_fields(sessions: Sessions, tmp_path: Path, client: Client) -> None:
    file = tmp_path / "register.csv"
    file.write_text(
        "incoming_no,kind,title,text,sender_name,publication,received_at,due_on,status,reply,replied_at\n"
        "С-0007/18.03.2019,signal,Дупка,Голяма дупка на ул. Мир,Иван Петров,public_named,2019-03-18T10:00:00+02:00,"
        "2019-04-01,answered,Запълнена е.,2019-03-20T10:00:00+02:00\n",
        "utf-8",
    )
    assert await import_.add(sessions, import_.read(file), quiet=True) == 1
    item = (await client.get("/register.json")).json()["items"][0]
    assert (item["reply"], item["name"]) == ("Запълнена е.", "Иван Петров")
