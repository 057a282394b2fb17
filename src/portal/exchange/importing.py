"""The register of an older portal, taken over with its numbers and dates: nobody is told, nothing is counted anew."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import numbers
from portal.cases.model import (
    Actor,
    Case,
    Channel,
    Event,
    EventKind,
    Extension,
    Kind,
    Publication,
    PublicationState,
    Status,
)
from portal.municipality import Department, Topic

Words = Annotated[str, msgspec.Meta(min_length=1)]
NUMBER = re.compile(r"\S+-(\d{1,9})/(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
OTHER_NAMES = {
    "reminder_to_department": EventKind.DEPARTMENT_REMINDED,
    "clarification_requested": EventKind.CLARIFICATION,
}


OneLine = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Address = Annotated[str, msgspec.Meta(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]


TAKEN_OVER = {
    EventKind.ASSIGNED,
    EventKind.DEPARTMENT_REMINDED,
    EventKind.CLARIFICATION,
    EventKind.FORWARDED,
    EventKind.EXTENDED,
    EventKind.REPLIED,
    EventKind.NO_PROCEEDINGS,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.WITHDRAWN,
    EventKind.NOTE,
}
GREATEST_SEQUENCE = 2**20 - 1
"""The greatest number in a year: the search keeps year and number in one key (sql/0007_register_search.sql)."""


class Sender(msgspec.Struct):
    name: OneLine
    email: Address | None = None
    phone: str | None = None


class Action(msgspec.Struct):
    type: str
    at: datetime
    department: str | None = None
    text: str | None = None
    reason: str | None = None
    days: Annotated[int, msgspec.Meta(gt=0)] | None = None
    old_due_on: date | None = None
    new_due_on: date | None = None
    to: str | None = None
    legal_basis: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in TAKEN_OVER and self.kind is not EventKind.RECEIVED:
            raise ValueError(f"an action that can't be taken over: {self.type}")
        needed = {
            EventKind.REPLIED: "text",
            EventKind.ASSIGNED: "department",
            EventKind.DEPARTMENT_REMINDED: "department",
            EventKind.FORWARDED: "to",
            EventKind.EXTENDED: "reason",
        }.get(self.kind)
        if needed and not getattr(self, needed):
            raise ValueError(f"{self.type} without {needed}")
        if self.type == "extended" and not (self.days and self.old_due_on and self.new_due_on):
            raise ValueError("extended without days, old_due_on and new_due_on")

    @property
    def kind(self) -> EventKind:
        return OTHER_NAMES.get(self.type) or EventKind(self.type)


class Record(msgspec.Struct):
    """A line of the file. `incoming_no` holds the year's counter and the date: „С-0025/18.03.2020“."""

    incoming_no: Words
    kind: Kind
    title: Words
    text: Words
    sender: Sender
    publication: Publication
    received_at: datetime
    due_on: date
    status: Status
    submitted_at: datetime | None = None
    first_due_on: date | None = None
    place: str = ""
    topic: str | None = None
    department: str | None = None
    actions: list[Action] = []

    def __post_init__(self) -> None:
        match = NUMBER.fullmatch(self.incoming_no)
        if match is None or int(match[1]) > GREATEST_SEQUENCE:
            raise ValueError(f"incoming_no {self.incoming_no!r} is not like С-0025/18.03.2020")
        date(int(match[4]), int(match[3]), int(match[2]))  # raises where there is no such day
        if self.due_on < self.received_at.date():
            raise ValueError("due_on is before received_at")
        if self.status is Status.AWAITING_CONFIRMATION:
            raise ValueError("status: what was never received has no number")
        if self.status is Status.ANSWERED and self.reply is None:
            raise ValueError("status answered without a reply among the actions")
        moments = (self.received_at, self.submitted_at or self.received_at, *(action.at for action in self.actions))
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a moment without its offset from UTC, as in 2020-03-09T12:45:07+02:00")

    @property
    def year_and_sequence(self) -> tuple[int, int]:
        match = NUMBER.fullmatch(self.incoming_no)
        assert match is not None
        return int(match[4]), int(match[1])

    @property
    def first_due(self) -> date:
        """Where it is not given: what the first extension began from, else the due date."""
        extended = (action.old_due_on for action in self.actions if action.old_due_on)
        return self.first_due_on or next(extended, self.due_on)

    @property
    def reply(self) -> Action | None:
        return next((action for action in reversed(self.actions) if action.type == EventKind.REPLIED), None)


@dataclass(frozen=True)
class BadLine:
    number: int
    reason: str


def read_json_lines(lines: Iterable[str]) -> Iterator[Record | BadLine]:
    for number, line in enumerate(lines, start=1):
        if "\\u0000" in line:
            yield BadLine(number, "a character that can't be stored: NUL")
        elif line.strip():
            try:
                yield msgspec.json.decode(line, type=Record)
            except (ValueError, msgspec.MsgspecError) as wrong:
                yield BadLine(number, str(wrong))


def read_csv(lines: Iterable[str]) -> Iterator[Record | BadLine]:
    """Read the same fields as columns: sender_name, sender_email, sender_phone; reply and replied_at for the last."""
    rows = csv.DictReader(line.replace("\0", "") for line in lines)
    try:
        for row in rows:
            given = {name: value for name, value in row.items() if name and value}
            try:
                yield msgspec.convert(_nested(given), Record, strict=False)
            except (ValueError, msgspec.MsgspecError) as wrong:
                yield BadLine(rows.line_num, str(wrong))
    except csv.Error as wrong:  # a field of more than 128 KB
        yield BadLine(rows.line_num, str(wrong))


def _nested(given: dict[str, str]) -> dict[str, Any]:
    sender = {name.removeprefix("sender_"): value for name, value in given.items() if name.startswith("sender_")}
    actions = []
    if "reply" in given:
        actions = [{"type": "replied", "at": given.get("replied_at", ""), "text": given["reply"]}]
    return {**given, "sender": sender, "actions": actions}


async def unknown(db: AsyncSession, records: Sequence[Record]) -> list[str]:
    """Return what the records name and this municipality does not have, and numbers that stand twice in the file."""
    problems = []
    for what, used, table in (
        ("topic", {one.topic for one in records}, Topic.code),
        ("department", _departments(records), Department.code),
    ):
        known = set(await db.scalars(select(table)))
        problems += [f"unknown {what}: {code}" for code in sorted(code for code in used if code and code not in known)]
    there = await db.execute(
        select(Case.incoming_year, Case.incoming_seq, Case.incoming_number).where(Case.received_at.is_not(None))
    )
    seen = {(year, sequence): number for year, sequence, number in there}
    given: set[tuple[int, int]] = set()
    for one in records:
        key = one.year_and_sequence
        if key in given or seen.get(key, one.incoming_no) != one.incoming_no:
            problems.append(f"number {one.incoming_no} stands twice")
        given.add(key)
    return problems


def _departments(records: Sequence[Record]) -> set[str | None]:
    return {one.department for one in records} | {action.department for one in records for action in one.actions}


async def add(db: AsyncSession, records: Collection[Record]) -> int:
    """Add the records that are not there yet, with their histories; return how many.

    What the older portal showed is shown: only the sender's choice counts.
    """
    there = set(await db.scalars(select(Case.incoming_number).where(Case.incoming_number.is_not(None))))
    new = [one for one in records if one.incoming_no not in there]
    if not new:
        return 0
    names = dict((await db.execute(select(Department.code, Department.name))).all())
    ids = list(
        await db.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), [_case(one) for one in new])
    )
    events = [_event(case_id, action, names) for case_id, one in zip(ids, new, strict=True) for action in _steps(one)]
    await db.execute(insert(Event), events)
    if extensions := [_extension(case_id, action) for case_id, one in zip(ids, new, strict=True)
                      for action in one.actions if action.type == EventKind.EXTENDED]:  # fmt: skip
        await db.execute(insert(Extension), extensions)
    for year in {one.year_and_sequence[0] for one in new}:
        last = max(one.year_and_sequence[1] for one in new if one.year_and_sequence[0] == year)
        await numbers.at_least(db, year, last)
    return len(new)


def _case(one: Record) -> dict[str, Any]:
    year, sequence = one.year_and_sequence
    return {
        "draft": f"import {one.incoming_no}",
        "channel": Channel.IMPORT,
        "kind": one.kind,
        "status": one.status,
        "title": one.title,
        "text": one.text,
        "place": one.place,
        "topic_code": one.topic,
        "sender_name": one.sender.name,
        "sender_phone": one.sender.phone,
        "sender_email": one.sender.email,
        "address_version": 1,
        "publication": one.publication,
        "publication_state": PublicationState.PUBLISHED,
        "submitted_at": one.submitted_at or one.received_at,
        "received_at": one.received_at,
        "incoming_year": year,
        "incoming_seq": sequence,
        "incoming_number": one.incoming_no,
        "first_due_on": one.first_due,
        "due_on": one.due_on,
        "department_code": one.department,
        "reply": one.reply and one.reply.text,
        "replied_at": one.reply and one.reply.at,
    }


def _steps(one: Record) -> Iterator[Action]:
    yield Action(type=EventKind.RECEIVED, at=one.received_at, new_due_on=one.first_due)
    yield from one.actions


def _event(case_id: int, action: Action, departments: dict[str, str]) -> dict[str, Any]:
    said = {
        "department": departments.get(action.department or ""),
        "text": action.text,
        "reason": action.reason,
        "old_due_on": action.old_due_on and action.old_due_on.isoformat(),
        "due_on": action.new_due_on and action.new_due_on.isoformat(),
        "to": action.to,
        "ground": action.legal_basis,
    }
    details: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if action.type == EventKind.REPLIED:
        details = {"text": action.text, "correction": False}
    received = action.type == EventKind.RECEIVED
    actor = Actor.SENDER if received else Actor.STAFF
    return {"case_id": case_id, "kind": action.kind, "at": action.at, "actor": actor, "details": details}


def _extension(case_id: int, action: Action) -> dict[str, Any]:
    return {"case_id": case_id, "days": action.days, "reason": action.reason, "at": action.at}
