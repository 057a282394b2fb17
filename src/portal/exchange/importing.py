"""The register of an older portal, taken over with its numbers and dates: nobody is told, nothing is counted anew."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
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
from portal.clock import local_date
from portal.exchange import tables
from portal.exchange.tables import of_sofia
from portal.municipality import Department, Topic

Words = Annotated[str, msgspec.Meta(min_length=1)]
NUMBER = re.compile(r"\S+-(\d{1,9})/(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
ONE_NUMBER = re.compile(r"\+?[\d ()./-]+", re.ASCII)
OTHER_NAMES = {
    "reminder_to_department": EventKind.DEPARTMENT_REMINDED,
    "clarification_requested": EventKind.CLARIFICATION,
}


OneLine = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]

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
GREATEST_SEQUENCE = numbers.APART - 1


class Sender(msgspec.Struct):
    name: OneLine
    email: str | None = None
    phone: str | None = None

    def __post_init__(self) -> None:
        """Keep the address as mail servers want it, and a phone in E.164 where it is one number alone."""
        if self.email:
            try:
                found = validate_email(self.email.strip(), check_deliverability=False, allow_smtputf8=False)
            except EmailNotValidError:
                raise ValueError(f"на имейл „{self.email}“ не може да се пише (email)") from None
            self.email = found.ascii_email or found.normalized
        self.email, self.phone = self.email or None, _phone(self.phone or "") or None


def _phone(written: str) -> str:
    written = " ".join(written.split())
    try:
        number = phonenumbers.parse(written, "BG") if ONE_NUMBER.fullmatch(written) else None
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        return written
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


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
        self.at = of_sofia(self.at)
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
            raise ValueError(f"входящ номер „{self.incoming_no}“ не е като С-0025/18.03.2020 (incoming_no)")
        date(int(match[4]), int(match[3]), int(match[2]))  # raises where there is no such day
        if self.status is Status.AWAITING_CONFIRMATION:
            raise ValueError("status: което не е постъпило, няма номер")
        if self.status is Status.ANSWERED and self.reply is None:
            raise ValueError("състояние „С отговор“ без отговор (status answered without a reply)")
        self.received_at = of_sofia(self.received_at)
        self.submitted_at = self.submitted_at and of_sofia(self.submitted_at)

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


def untrue(one: Record, *, at: datetime) -> str | None:
    """Say what of the record can't have been so: its moments in another order, in the future, or in another year."""
    received_on = local_date(one.received_at)
    if one.year_and_sequence[0] != received_on.year:
        return f"номер {one.incoming_no} е от друга година, а е постъпило на {received_on:%d.%m.%Y}"
    if one.submitted_at and one.submitted_at > one.received_at:
        return "подадено е след като е постъпило (submitted_at, received_at)"
    if min(one.due_on, one.first_due) < received_on:
        return "срокът е преди постъпването (due_on is before received_at)"
    before = one.received_at
    for action in one.actions:
        if action.at < before:
            return (
                f"действие „{action.type}“ на {action.at:%d.%m.%Y %H:%M} е преди постъпването или действието пред него"
            )
        before = action.at
        if action.old_due_on and action.new_due_on and action.new_due_on <= action.old_due_on:
            return "удължен срок, който не е по-късен (extended, new_due_on)"
    return f"дата в бъдещето: {before:%d.%m.%Y}" if before > at else None


def read_json_lines(lines: Iterable[str]) -> Iterator[Record | BadLine]:
    for number, line in enumerate(lines, start=1):
        if "\\u0000" in line:
            yield BadLine(number, "a character that can't be stored: NUL")
        elif line.strip():
            yield _judged(number, lambda line=line: msgspec.json.decode(line, type=Record))  # type: ignore[misc]


def read_csv(content: bytes) -> Iterator[Record | BadLine]:
    """Read the same fields as columns: sender_name, sender_email, sender_phone; reply and replied_at for the last.

    Raise NotRead where it is no such table.
    """
    for line in tables.lines(tables.text_of(content)):
        if line.wrong:
            yield BadLine(line.number, line.wrong)
        else:
            yield _judged(line.number, lambda line=line: msgspec.convert(_nested(line.fields), Record, strict=False))  # type: ignore[misc]


def _judged(number: int, read: Callable[[], Record]) -> Record | BadLine:
    try:
        record = read()
    except (ValueError, msgspec.MsgspecError) as wrong:
        return BadLine(number, str(wrong))
    wrong_in = untrue(record, at=clock.now())
    return BadLine(number, wrong_in) if wrong_in else record


def _nested(given: Mapping[str, object]) -> dict[str, Any]:
    sender = {name.removeprefix("sender_"): value for name, value in given.items() if name.startswith("sender_")}
    actions = []
    if "reply" in given:
        actions = [{"type": "replied", "at": given["replied_at"], "text": given["reply"]}]
    kept = {name: value for name, value in given.items() if name in Record.__struct_fields__}
    return {**kept, "sender": sender, "actions": actions}


async def by_code(db: AsyncSession, records: Iterable[Record]) -> list[Record]:
    """Let topics and departments that are told by their names be told by their codes."""
    topics = {name.lower(): code for code, name in await db.execute(select(Topic.code, Topic.name))}
    departments = {name.lower(): code for code, name in await db.execute(select(Department.code, Department.name))}
    return [
        msgspec.structs.replace(
            one,
            topic=topics.get((one.topic or "").lower(), one.topic),
            department=departments.get((one.department or "").lower(), one.department),
        )
        for one in records
    ]


async def unknown(db: AsyncSession, records: Sequence[Record]) -> list[str]:
    """Return what the records name and this municipality does not have, and numbers that stand twice in the file."""
    problems = []
    for what, used, table in (
        ("непозната тема (topic)", {one.topic for one in records}, Topic.code),
        ("непознат отдел (department)", _departments(records), Department.code),
    ):
        known = set(await db.scalars(select(table)))
        problems += [f"{what}: {code}" for code in sorted(code for code in used if code and code not in known)]
    there = await db.scalars(select(Case.incoming_number).where(Case.incoming_number.is_not(None)))
    seen = {_counter(number): number for number in there if number}
    counters: dict[tuple[str, str], set[str]] = {}
    given: set[str] = set()
    for one in records:
        prefix, *number = key = _counter(one.incoming_no)
        if one.incoming_no in given or seen.setdefault(key, one.incoming_no) != one.incoming_no:
            problems.append(f"номер {one.incoming_no} стои два пъти")
        given.add(one.incoming_no)
        counters.setdefault((number[0], number[1]), set()).add(prefix)
    for prefix, *number in seen:
        counters.get((number[0], number[1]), set()).add(prefix)
    for (year, sequence), prefixes in counters.items():
        if len(prefixes) > numbers.COUNTERS:
            problems.append(f"номер {sequence} от {year} г. стои с повече от {numbers.COUNTERS} индекса")
    return problems


def _counter(number: str) -> tuple[str, str, str]:
    """Return what was counted by itself, the year and the number in it: „С“, „2025“, „901“ of С-0901/10.11.2025."""
    prefix, _, counted = number.rpartition("-")
    sequence, _, day = counted.partition("/")
    return prefix, day[-4:], sequence.lstrip("0")


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
    years = {one.year_and_sequence[0] for one in new}
    there_by_year = select(Case.incoming_year, Case.incoming_seq).where(Case.incoming_year.in_(years))
    taken = {(year, sequence) for year, sequence in await db.execute(there_by_year)}
    cases = [_case(one, _place(one, taken)) for one in new]
    ids = list(await db.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), cases))
    events = [_event(case_id, action, names) for case_id, one in zip(ids, new, strict=True) for action in _steps(one)]
    await db.execute(insert(Event), events)
    if extensions := [_extension(case_id, action) for case_id, one in zip(ids, new, strict=True)
                      for action in one.actions if action.type == EventKind.EXTENDED]:  # fmt: skip
        await db.execute(insert(Extension), extensions)
    for year in years:
        last = max(one.year_and_sequence[1] for one in new if one.year_and_sequence[0] == year)
        await numbers.at_least(db, year, last)
    return len(new)


def _place(one: Record, taken: set[tuple[int | None, int | None]]) -> tuple[int, int]:
    """Take the year and the sequence of the record, or what stands for it where another counter has them."""
    year, sequence = one.year_and_sequence
    while (year, sequence) in taken:
        sequence += numbers.APART
    taken.add((year, sequence))
    return year, sequence


def _case(one: Record, place: tuple[int, int]) -> dict[str, Any]:
    year, sequence = place
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
