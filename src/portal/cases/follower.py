"""Somebody who follows a public case by e-mail: the table."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.model import Case
from portal.db import Table


class Follower(Table):
    """Their address is shown to nobody, the staff included."""

    __tablename__ = "followers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id, ondelete="CASCADE"))
    email: Mapped[str]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    told_until: Mapped[int] = mapped_column(BigInteger, default=0)
