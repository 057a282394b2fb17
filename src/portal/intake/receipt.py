"""The receipt of a case: its incoming number, its hour and its due date."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases import deadlines, history, numbers
from portal.cases.model import Actor, Case, EventKind, Status
from portal.clock import local_date
from portal.mail import messages
from portal.publishing import publication
from portal.settings import Municipality
from portal.staff.model import Staff


async def receive(db: AsyncSession, case: Case, municipality: Municipality, *, by: Staff | Actor, at: datetime) -> None:
    today = local_date(at)
    calendar = await deadlines.calendar(db)
    sequence = await numbers.take(db, today.year)
    case.status = Status.RECEIVED
    case.received_at = at
    case.incoming_year, case.incoming_seq = today.year, sequence
    case.incoming_number = numbers.written(case.kind, sequence, today, municipality.prefixes)
    case.first_due_on = case.due_on = deadlines.first_due_on(today, municipality.days, calendar)
    case.publication_state = publication.first_state(case)
    event = await history.record(db, case, EventKind.RECEIVED, at=at, by=by, due_on=case.due_on)
    messages.received(db, case, event)
