"""The town in which the stories of the demonstration happen: what time it is there, and who does what."""

import tomllib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.deadlines import DAY, Calendar
from portal.cases.model import Case, Channel
from portal.clock import SOFIA
from portal.files import attachments
from portal.files.attachments import StoredPicture
from portal.files.pictures import Picture
from portal.files.uploads import Uploads
from portal.handling.assignment import assign
from portal.intake import confirmation, entry
from portal.intake.submission import Submission, submit
from portal.municipality import Department
from portal.settings import Settings
from portal.staff.model import Staff

CITIZENS = tomllib.loads(Path(__file__).with_name("citizens.toml").read_text("utf-8"))
TAKES = timedelta(minutes=4)
"""From the form to the button behind the e-mailed link."""


@dataclass
class Town:
    db: AsyncSession
    settings: Settings
    as_of: date
    working: tuple[date, date]
    """The last two days on which the staff were at work."""
    maria: Staff
    georgi: Staff
    now: datetime = field(init=False)

    @property
    def uploads(self) -> Uploads:
        return Uploads(self.settings.uploads)

    @property
    def by_maria(self) -> dict[str, Any]:
        return {"by": self.maria, "at": self.now}

    @property
    def by_georgi(self) -> dict[str, Any]:
        return {"by": self.georgi, "at": self.now}

    def first(self, hour: str) -> datetime:
        return _moment(self.working[0], hour)

    def last(self, hour: str) -> datetime:
        return _moment(self.working[1], hour)

    def ago(self, days: int, hour: str) -> datetime:
        return _moment(self.as_of - days * DAY, hour)

    async def submit(self, story: str, *pictures: bytes, ago: timedelta = timedelta()) -> Case:
        case = await submit(self.db, _said(story), at=self.now - ago)
        kept = [await self.keep(await attachments.prepared(picture)) for picture in pictures]
        await attachments.attach(self.db, case, kept)
        return case

    async def keep(self, picture: Picture) -> StoredPicture:
        return await attachments.keep(self.db, self.uploads, picture)

    async def confirm(self, case: Case) -> None:
        await confirmation.confirm(self.db, case.id, self.settings.municipality, at=self.now)

    async def receive(self, story: str, *pictures: bytes) -> Case:
        """Submitted a few minutes ago, confirmed now."""
        case = await self.submit(story, *pictures, ago=TAKES)
        await self.confirm(case)
        return case

    async def enter(self, story: str, channel: Channel) -> Case:
        return await entry.enter(self.db, _said(story), channel, self.settings.municipality, **self.by_georgi)

    async def imported(self, sequence: int) -> Case:
        """Return the case of the file by its counter, which stays when the register is moved."""
        found = select(Case).where(Case.channel == Channel.IMPORT, Case.incoming_seq == sequence)
        return (await self.db.scalars(found)).one()

    async def assign(self, case: Case, code: str) -> Department:
        department = await self.db.get_one(Department, code)
        await assign(self.db, case, department, **self.by_georgi)
        return department


Story = AsyncIterator[datetime]
"""Says when it goes on, before each of its steps."""


async def tell(town: Town, stories: Sequence[Callable[[Town], Story]]) -> None:
    """Let the stories happen side by side, whatever comes first: numbers are given out in the order of the hours."""
    begun = [story(town) for story in stories]
    waiting = [(await anext(story), n) for n, story in enumerate(begun)]
    heapify(waiting)
    while waiting:
        town.now, n = heappop(waiting)
        if following := await anext(begun[n], None):
            heappush(waiting, (following, n))


def working_days(as_of: date, since: date, calendar: Calendar) -> tuple[date, date]:
    """Return the last two working days before `as_of`, `since` at the earliest; where holidays leave none, days off."""
    days = [as_of - n * DAY for n in range(1, (as_of - since).days + 1)]
    first, last = sorted([*dict.fromkeys([*filter(calendar.is_working, days), *days])][:2])
    return first, last


def _said(story: str) -> Submission:
    return msgspec.convert({"draft": f"story {story}", **CITIZENS[story]}, Submission)


def _moment(day: date, hour: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), SOFIA)
