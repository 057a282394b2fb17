"""The staff and how they are let in: the tables."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Table, Word
from portal.municipality import Department


class Role(StrEnum):
    OPERATOR = "operator"
    """One of the two employees who run the portal."""
    DEPARTMENT = "department"
    HEAD = "head"
    """The secretary or the mayor: reads all, is told of what is late."""
    ADMIN = "admin"


class Staff(Table):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(Word(Role))
    department_code: Mapped[str | None] = mapped_column(ForeignKey(Department.code))
    password_hash: Mapped[str | None]
    is_active: Mapped[bool]
    added_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    totp_seed: Mapped[str | None]
    """The seed of the second step at the sign-in; None where it is off."""
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)


class StaffLink(Table):
    __tablename__ = "staff_links"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffSession(Table):
    __tablename__ = "staff_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"))
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    user_agent: Mapped[str] = mapped_column(server_default="")
    ip: Mapped[str] = mapped_column(server_default="")
    awaits_code: Mapped[bool] = mapped_column(server_default="false")


class StaffBrowser(Table):
    """A browser that somebody has signed in from, known again by a cookie."""

    __tablename__ = "staff_browsers"

    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"), primary_key=True)
    mark_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    seen_at: Mapped[datetime]


class RecoveryCode(Table):
    __tablename__ = "staff_recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"))
