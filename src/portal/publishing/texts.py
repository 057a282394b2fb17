"""The pages whose words are the staff's: rules, privacy, accessibility, help. Markdown; every version is kept."""

from datetime import datetime
from enum import StrEnum

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from sqlalchemy import BigInteger, ForeignKey, Identity, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Table
from portal.settings import ROOT, Municipality
from portal.staff.model import Staff


class Page(StrEnum):
    RULES = "rules"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    HELP = "help"


class Text(Table):
    __tablename__ = "texts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    page: Mapped[str]
    markdown: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    saved_at: Mapped[datetime]


TEXTS = ROOT / "templates" / "texts"
_SAVING = 20200311
"""The advisory lock under which texts are saved."""
_TAGS = {"p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br", "code", "table", "thead",
         "tbody", "tr", "th", "td"}  # fmt: skip


async def newest(db: AsyncSession, page: Page) -> Text | None:
    """Return the newest version, or None where the text the portal came with still stands."""
    return await db.scalar(select(Text).where(Text.page == page).order_by(Text.id.desc()).limit(1))


async def markdown(db: AsyncSession, page: Page) -> str:
    saved = await newest(db, page)
    return saved.markdown if saved else given(page)


def given(page: Page) -> str:
    return (TEXTS / f"{page}.md").read_text("utf-8")


async def english(db: AsyncSession, page: Page) -> str | None:
    """Return the text in English, while the Bulgarian one that it was made from stands. The law's have none."""
    file = TEXTS / "en" / f"{page}.md"
    return None if await newest(db, page) or not file.exists() else file.read_text("utf-8")


async def save(db: AsyncSession, page: Page, markdown: str, *, seen: int, by: Staff, at: datetime) -> Text | None:
    """Save a new version made from version `seen`; return the colleague's where there is a newer one, and save nothing.

    The lock lets two who save at once pass one after the other.
    """
    await db.execute(select(func.pg_advisory_xact_lock(_SAVING)))
    last = await newest(db, page)
    if last is not None and last.markdown == markdown:
        return None
    if last is not None and last.id != seen:
        return last
    db.add(Text(page=page, markdown=markdown, staff_id=by.id, saved_at=at))
    return None


def _address(_tag: str, _attribute: str, value: str) -> str | None:
    """Drop addresses of other sites that look like ours: `//elsewhere.example`."""
    return None if value.replace("\\", "/").startswith("//") else value


def html(markdown: str, municipality: Municipality) -> Markup:
    """Return the text with {name}, {email}, {phone}, {address} and {days} of the municipality filled in.

    What the library makes of it is cleaned once more: a pasted text must not bring scripts or styles to a public page.
    """
    for word in ("name", "email", "phone", "address", "days"):
        markdown = markdown.replace(f"{{{word}}}", str(getattr(municipality, word)))
    made = MarkdownIt("js-default", {"html": False}).render(markdown)
    cleaned = nh3.clean(
        made,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        attribute_filter=_address,
    )
    return Markup(cleaned)  # noqa: S704 - cleaned
