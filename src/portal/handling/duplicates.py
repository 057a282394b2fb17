"""Cases like the one in hand: perhaps another sender has told of the same thing. The ranking is sql/0009_desk.sql's."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Float, Row, column, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.deadlines import stands
from portal.cases.model import OPEN, Case

ANSWERED_WITHIN = timedelta(days=90)
ALIKE = 0.4
"""Below it they have a word or two in common by accident."""
MOST = 8


async def similar(db: AsyncSession, case: Case, *, at: datetime, most: int = MOST) -> Sequence[Row[Any]]:
    """Return what is open first, then what was answered lately, each the likest first."""
    asked = func.desk_similar(case.id, at - ANSWERED_WITHIN)
    found = asked.table_valued(column("case_id", BigInteger), column("alike", Float)).alias("found")
    shown = (Case.id, Case.incoming_number, Case.title, Case.place, Case.status, Case.received_at, found.c.alike)
    rows = await db.execute(
        select(*shown)
        .join(found, found.c.case_id == Case.id)
        .where(found.c.alike >= ALIKE)
        .order_by(stands(*OPEN).desc(), found.c.alike.desc(), Case.id.desc())
        .limit(most)
    )
    return rows.all()
