"""Opening a case to change it: its row locked, and with it the rows of its whole group."""

from collections.abc import Collection

from sqlalchemy import CTE, ColumnElement, Select, func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from portal.cases.model import Case


async def received(db: AsyncSession, case_id: int, *others: int, lock: bool) -> Case | None:
    """Return the received case; with its row locked, the second of two who save at once sees what the first saved.

    The cases grouped with it, or with the `others`, are locked too.
    """
    if lock:
        await held(db, case_id, *others)
    return await db.scalar(select(Case).where(Case.id == case_id, Case.received_at.is_not(None)))


async def locked(db: AsyncSession, which: ColumnElement[bool]) -> Case | None:
    return await db.scalar(select(Case).where(which).with_for_update().execution_options(populate_existing=True))


async def held(db: AsyncSession, *case_ids: int) -> None:
    """Lock the cases with all of their groups, in the order of their ids: two who meet wait, and never for each other.

    Whoever holds a lead holds its group as it is. One that changed before it was held is let go and taken anew: to
    take what is missing now would be out of order.
    """
    together = _together(case_ids)
    in_order = select(Case).where(Case.id.in_(together)).order_by(Case.id).with_for_update()
    while True:
        attempt = await db.begin_nested()
        taken = {case.id for case in await db.scalars(in_order.execution_options(populate_existing=True))}
        if taken >= set(await db.scalars(together)):
            await attempt.commit()
            return
        await attempt.rollback()


def _together(case_ids: Collection[int]) -> Select[tuple[int]]:
    firsts: CTE = select(func.coalesce(Case.lead_id, Case.id).label("id")).where(Case.id.in_(case_ids)).cte()
    led = select(Case.id).where(Case.lead_id.is_not(None), Case.lead_id.in_(select(firsts.c.id)))
    return select(union(select(firsts.c.id), led).subquery().c.id)
