"""The second step of the sign-in: a code from an app (RFC 6238), or one of ten recovery codes."""

import hmac
import re
import secrets
from base64 import b32encode
from datetime import datetime

from pyotp import TOTP
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.accounts.signin import digest
from portal.settings import Municipality
from portal.staff.model import RecoveryCode, Staff
from portal.tokens import Tokens

AROUND = (-1, 0, 1)
"""Half minutes: the clock of a phone may be a little off."""
CODE = re.compile(r"\d{6}", re.ASCII)
SEED = re.compile(r"[\w-]{22}", re.ASCII)
RECOVERY_CODES = 10


def new_seed() -> str:
    return secrets.token_urlsafe(16)


def app(staff: Staff, seed: str, tokens: Tokens, municipality: Municipality) -> TOTP:
    """Return what the app is given; its `provisioning_uri()` is written as the QR code."""
    return TOTP(tokens.totp(staff.id, seed), name=staff.email, issuer=municipality.name)


async def accepts(db: AsyncSession, staff: Staff, typed: str, tokens: Tokens, *, at: datetime) -> bool:
    """Take a code or a recovery code, and neither a second time."""
    assert staff.totp_seed is not None
    code = re.sub(r"[\s-]", "", typed).lower()
    if not CODE.fullmatch(code):
        return await _take_recovery_code(db, staff, code)
    step = _step(tokens.totp(staff.id, staff.totp_seed), code, at)
    return step is not None and await _take_step(db, staff, step)


async def switch_on(
    db: AsyncSession, staff: Staff, seed: str, code: str, tokens: Tokens, *, at: datetime
) -> list[str] | None:
    """Return the recovery codes, to be shown this once; None where the code shows that the app has another secret."""
    step = _step(tokens.totp(staff.id, seed), re.sub(r"\s", "", code), at)
    if step is None or staff.totp_seed is not None:
        return None
    staff.totp_seed, staff.totp_last_step = seed, step
    return await _new_recovery_codes(db, staff)


async def switch_off(db: AsyncSession, staff: Staff) -> None:
    staff.totp_seed = staff.totp_last_step = None
    await db.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))


async def recovery_codes_left(db: AsyncSession, staff: Staff) -> int:
    return await db.scalar(select(func.count()).where(RecoveryCode.staff_id == staff.id)) or 0


def _step(secret: str, code: str, at: datetime) -> int | None:
    """Return the half minute that the code is of, of those around now."""
    now, totp = int(at.timestamp()) // 30, TOTP(secret)
    if not CODE.fullmatch(code):
        return None
    steps = (now + offset for offset in AROUND)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)


async def _take_step(db: AsyncSession, staff: Staff, step: int) -> bool:
    """Where two send the same code at once, only one of them changes the row."""
    fresh = or_(Staff.totp_last_step.is_(None), Staff.totp_last_step < step)
    moved = update(Staff).where(Staff.id == staff.id, fresh).values(totp_last_step=step)
    return await db.scalar(moved.returning(Staff.id)) is not None


async def _take_recovery_code(db: AsyncSession, staff: Staff, code: str) -> bool:
    its = (RecoveryCode.staff_id == staff.id, RecoveryCode.code_hash == digest(code))
    return await db.scalar(delete(RecoveryCode).where(*its).returning(RecoveryCode.staff_id)) is not None


async def _new_recovery_codes(db: AsyncSession, staff: Staff) -> list[str]:
    await db.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    db.add_all(RecoveryCode(code_hash=digest(code), staff_id=staff.id) for code in codes)
    return ["-".join(code[part : part + 4] for part in range(0, 16, 4)) for code in codes]
