"""Texts that replies begin from: kept by the staff, filled in from a case.

A text holds placeholders of a closed list and nothing else that is worked out: what stands in it, or in a case, is
never run as a template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.model import Case, Kind
from portal.db import Table, Word
from portal.municipality import Department, Topic
from portal.rendering.formats import day
from portal.staff.model import Staff

PLACEHOLDERS = {
    "{име}": "името на подателя; в обръщението („Здравейте, {име}!“) публикуваният отговор е без него",
    "{номер}": "входящият номер",
    "{срок}": "до кога е срокът",
    "{отдел}": "отдел „Екология“; докато не е възложено: общинската администрация",
    "{тема}": "името на темата; без тема: поставения въпрос",
    "{място}": "мястото; без място: посоченото място",
    "{днес}": "днешната дата",
}
"""What each becomes. Where a case lacks it, a phrase that fits into a sentence is put in."""
BRACED = re.compile(r"\{[^{}\n]*\}|[{}]")
_GREATEST = 2**63 - 1


class ReplyTemplate(Table):
    __tablename__ = "reply_templates"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    topic_code: Mapped[str | None] = mapped_column(ForeignKey(Topic.code))
    kind: Mapped[Kind | None] = mapped_column(Word(Kind))
    place_in_list: Mapped[int]
    is_active: Mapped[bool]
    version: Mapped[int]
    saved_by: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    saved_at: Mapped[datetime]


@dataclass(frozen=True)
class Draft:
    """What the staff have written of a template."""

    title: str
    text: str
    topic_code: str | None
    kind: Kind | None
    place_in_list: int
    is_active: bool


def unknown(text: str) -> list[str]:
    """Return what is in braces, or is a single brace, and is no placeholder."""
    return [found for found in dict.fromkeys(BRACED.findall(text)) if found not in PLACEHOLDERS]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the values in place, all at once: braces that a value brings stay as they are.

    One that ends with a full stop („г.“) ends the sentence with it.
    """

    def value(found: re.Match[str]) -> str:
        said = values.get(found[0], found[0])
        return said.removesuffix(".") if text.startswith(".", found.end()) else said

    return BRACED.sub(value, text)


def values(case: Case, *, department: str | None, topic: str | None, on: date) -> dict[str, str]:
    assert case.due_on is not None
    assert case.incoming_number is not None
    return {
        "{име}": case.sender_name,
        "{номер}": case.incoming_number,
        "{срок}": day(case.due_on),
        "{отдел}": f"отдел „{department}“" if department else "общинската администрация",
        "{тема}": topic or "поставения въпрос",
        "{място}": case.place or "посоченото място",
        "{днес}": day(on),
    }


async def fill(db: AsyncSession, template: ReplyTemplate, case: Case, *, on: date) -> str:
    department = await db.get(Department, case.department_code) if case.department_code else None
    topic = await db.get(Topic, case.topic_code) if case.topic_code else None
    names = {"department": department.name if department else None, "topic": topic.name if topic else None}
    return filled(template.text, values(case, **names, on=on))


async def listed(db: AsyncSession) -> list[ReplyTemplate]:
    """Return every template in the order of the list, those that are offered no longer as well."""
    return list(await db.scalars(select(ReplyTemplate).order_by(ReplyTemplate.place_in_list, ReplyTemplate.id)))


async def offered(db: AsyncSession, case: Case) -> dict[str, str]:
    """Return the titles for a case of this kind, by id: those of its topic first, then the general, then the others."""
    of_kind = or_(ReplyTemplate.kind.is_(None), ReplyTemplate.kind == case.kind)
    found = await db.execute(
        select(ReplyTemplate.id, ReplyTemplate.title, ReplyTemplate.topic_code, Topic.name)
        .join(Topic, Topic.code == ReplyTemplate.topic_code, isouter=True)
        .where(ReplyTemplate.is_active, of_kind)
        .order_by(ReplyTemplate.place_in_list, ReplyTemplate.id)
    )
    near = sorted(found, key=lambda row: (row.topic_code != case.topic_code or row.topic_code is None, bool(row.name)))
    return {str(row.id): f"{row.title} ({row.name})" if row.name else row.title for row in near}


async def template(db: AsyncSession, template_id: int, *, lock: bool = False) -> ReplyTemplate | None:
    """Return it; with its row locked, the second of two who save at once sees what the first saved."""
    if template_id > _GREATEST:
        return None
    return await db.get(ReplyTemplate, template_id, with_for_update=lock or None, populate_existing=lock)


async def next_place(db: AsyncSession) -> int:
    return (await db.scalar(select(func.max(ReplyTemplate.place_in_list))) or 0) + 1


async def add(db: AsyncSession, draft: Draft, *, by: Staff, at: datetime) -> ReplyTemplate:
    made = ReplyTemplate(**vars(draft), version=1, saved_by=by.id, saved_at=at)
    db.add(made)
    await db.flush()
    return made


def save(template: ReplyTemplate, draft: Draft, *, seen: int, by: Staff, at: datetime) -> bool:
    """Change the template, made from version `seen`; say whether that was the newest one, and save nothing if not."""
    if draft_of(template) == draft:
        return True
    if template.version != seen:
        return False
    for name, value in vars(draft).items():
        setattr(template, name, value)
    template.version, template.saved_by, template.saved_at = template.version + 1, by.id, at
    return True


def draft_of(template: ReplyTemplate) -> Draft:
    return Draft(**{name: getattr(template, name) for name in Draft.__dataclass_fields__})
