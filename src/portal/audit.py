"""The audit log: what the staff did, and whose data they looked at. A trigger adds what they do to cases (sql/)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Row, insert, inspect, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.model import Case
from portal.clock import local_date, midnight
from portal.db import Table
from portal.staff.model import Staff
from portal.statements import moment_given, number_given

ONE_LOOK = timedelta(minutes=10)
"""Within this time several looks at one case are one look: who works on a case opens it many times."""
PAGE = 100


class Entry(Table):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    action: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


def note(db: AsyncSession, staff: Staff | None, action: str, *, at: datetime, **details: Any) -> None:
    db.add(Entry(at=at, staff_id=staff.id if staff else None, action=action, details=details))


def said(row: Table | None) -> dict[str, Any] | None:
    """Return all that a row of the settings says, to be compared later."""
    if row is None:
        return None
    told = {column.key: getattr(row, column.key) for column in inspect(type(row)).mapper.column_attrs}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}


def changed(
    db: AsyncSession, staff: Staff | None, action: str, *, before: Any, after: Any, at: datetime, **details: Any
) -> None:
    """Note the earlier and the new value; nothing where they are the same."""
    if before != after:
        note(db, staff, action, at=at, **details, before=before, after=after)


async def searched(db: AsyncSession, staff: Staff, q: str, cases: Sequence[int], *, at: datetime) -> None:
    """Note that `staff` looked for a person, and whose cases they found by the name, the phone or the e-mail."""
    lately = (Entry.staff_id == staff.id, Entry.at > at - ONE_LOOK, Entry.details["q"].astext == q)
    if await db.scalar(select(Entry.id).where(Entry.action == "searched", *lately).limit(1)) is None:
        note(db, staff, "searched", at=at, q=q, cases=list(cases))


_SEEN_LATELY = (
    select(Entry.id)
    .where(
        Entry.action == "looked",
        Entry.case_id == number_given("case"),
        Entry.staff_id == number_given("me"),
        Entry.at > moment_given("lately"),
    )
    .exists()
)
_LOOKED = insert(Entry.__table__).from_select(  # type: ignore[arg-type]
    ["at", "staff_id", "action", "case_id", "details"],
    select(moment_given("now"), number_given("me"), literal("looked"), number_given("case"), literal({}, JSONB)).where(
        ~_SEEN_LATELY
    ),
)


async def looked(db: AsyncSession, staff: Staff, case: Case, *, at: datetime) -> None:
    """Note that `staff` saw who the sender is."""
    await db.execute(_LOOKED, {"case": case.id, "me": staff.id, "now": at, "lately": at - ONE_LOOK})


async def opened_by_link(db: AsyncSession, code: str, *, ip: str, browser: str, at: datetime) -> None:
    """Note that a department's link was opened, once a day for each place."""
    its = (Entry.details["code"].astext == code, Entry.details["ip"].astext == ip)
    today = Entry.at >= midnight(local_date(at))
    if await db.scalar(select(Entry.id).where(Entry.action == "answer_opened", today, *its).limit(1)) is None:
        note(db, None, "answer_opened", at=at, code=code, ip=ip, browser=browser)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    staff_id: int | None = None
    number: str = ""
    """The incoming number of a case."""
    since: date | None = None
    until: date | None = None
    before: int | None = None
    """The last entry of the page before."""


async def entries(db: AsyncSession, wanted: Wanted, most: int = PAGE) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the newest entries first, with the person's name and the case's number."""
    asked = (
        select(Entry.id, Entry.at, Staff.name, Entry.action, Case.incoming_number, Entry.case_id, Entry.details)
        .join(Staff, Staff.id == Entry.staff_id, isouter=True)
        .join(Case, Case.id == Entry.case_id, isouter=True)
        .order_by(Entry.id.desc())
        .limit(most)
    )
    if wanted.staff_id is not None:
        asked = asked.where(Entry.staff_id == wanted.staff_id)
    if wanted.number:
        asked = asked.where(Case.incoming_number == wanted.number)
    if wanted.since is not None:
        asked = asked.where(Entry.at >= midnight(wanted.since))
    if wanted.until is not None:
        asked = asked.where(Entry.at < midnight(wanted.until + timedelta(days=1)))
    if wanted.before is not None:
        asked = asked.where(Entry.id < wanted.before)
    return (await db.execute(asked)).all()
