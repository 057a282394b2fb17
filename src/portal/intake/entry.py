"""A case that came by telephone, by letter or at the counter, entered by the staff for its sender."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.lookup import locked
from portal.cases.model import Case, Channel, PublicationState, Status
from portal.intake.receipt import receive
from portal.intake.submission import Submission, case_values
from portal.settings import Municipality
from portal.staff.model import Staff


async def enter(
    db: AsyncSession, sent: Submission, channel: Channel, municipality: Municipality, *, by: Staff, at: datetime
) -> Case:
    """Receive at once what came by telephone, by letter or at the counter: there is nothing to confirm."""
    new = insert(Case).values(
        **case_values(sent),
        draft=sent.draft,
        channel=channel,
        sender_email=sent.email or None,
        address_version=1,
        status=Status.AWAITING_CONFIRMATION,
        publication_state=PublicationState.HELD,
        submitted_at=at,
    )
    made = await db.scalar(new.on_conflict_do_nothing(index_elements=["draft"]).returning(Case.id))
    case = await locked(db, Case.draft == sent.draft)
    assert case is not None
    if made is not None:
        await receive(db, case, municipality, by=by, at=at)
    return case
