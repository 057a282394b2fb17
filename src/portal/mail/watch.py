"""What is wrong with the sending of e-mails, in figures: for the staff, for those who watch, for the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal import heartbeat
from portal.mail import claims, outbox
from portal.mail.outbox import Email
from portal.statements import Together

UNTRIED = timedelta(minutes=15)
MANY = 500


@dataclass(frozen=True)
class Watch:
    waiting: int
    oldest: datetime | None
    stuck_since: datetime | None
    """Since when a letter has been due that was never tried; one that a server has put off for hours is no fault."""
    workers: dict[str, datetime]
    at: datetime

    @property
    def silent(self) -> dict[str, timedelta]:
        ages = {name: self.at - seen for name, seen in self.workers.items()}
        return {name: age for name, age in ages.items() if age > heartbeat.DEAD_AFTER}

    @property
    def nobody_works(self) -> bool:
        return len(self.silent) == len(self.workers)

    @property
    def is_stuck(self) -> bool:
        return self.stuck_since is not None and self.at - self.stuck_since >= UNTRIED

    @property
    def is_growing(self) -> bool:
        """So many at once take their minutes; so many that are not from just now are more than we send."""
        return self.waiting >= MANY and self.stuck_since is not None and self.at - self.stuck_since >= UNTRIED / 3

    @property
    def is_wrong(self) -> bool:
        return self.nobody_works or self.is_stuck or self.is_growing


READS: dict[str, Select[*tuple[Any, ...]]] = {
    "waiting": outbox.WAITING,
    "stuck": claims.stuck_since(),
    "workers": heartbeat.WORKERS,
}
"""What a watch is made of; takes the moment `now`."""
_TOGETHER = Together(**READS)


async def look(db: AsyncSession, *, at: datetime) -> Watch:
    return seen(await _TOGETHER.read(db, now=at), at=at)


def seen(read: Mapping[str, list[dict[str, Any]]], *, at: datetime) -> Watch:
    """Return the watch that READS make."""
    waiting, stuck = read["waiting"][0], read["stuck"][0]
    workers = {one["name"]: datetime.fromisoformat(one["at"]) for one in read["workers"]}
    return Watch(waiting["number"], _moment(waiting["oldest"]), _moment(stuck["since"]), workers, at)


def _moment(iso: str | None) -> datetime | None:
    return None if iso is None else datetime.fromisoformat(iso)


async def by_state(db: AsyncSession) -> dict[str, int]:
    """Count the e-mails; deferred are those that wait because a server would not take them."""
    put_off = (Email.state == "queued") & (Email.attempts > 0)
    state = case((put_off, "deferred"), else_=Email.state).label("state")
    found = await db.execute(select(state, func.count()).group_by(state))
    return dict(found.all())
