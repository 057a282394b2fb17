import argparse
import asyncio
import sys

from sqlalchemy.ext.asyncio import AsyncSession

from portal import clock
from portal.accounts import people, signin
from portal.accounts.people import LastAdmin, Place
from portal.db import connect, transaction
from portal.errors import OperatorError
from portal.municipality import departments
from portal.settings import Settings, from_environment
from portal.staff.model import Role, Staff


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--name", required=True)
    parser.add_argument("--role", required=True, choices=list(Role))
    parser.add_argument("--department", help="code; for the role department")


def run(given: argparse.Namespace) -> None:
    settings = from_environment()
    print(asyncio.run(_add(settings, given)))


async def _add(settings: Settings, given: argparse.Namespace) -> str:
    """Return the one-time link; somebody who is there already is changed to what was given, and gets a new link."""
    sessions = connect(settings.database_url)
    email, place = given.email.strip().lower(), Place(given.name, Role(given.role), given.department)
    try:
        async with transaction(sessions) as db:
            _check(given, set(await departments(db)))
            staff = await people.named(db, email)
            if staff is None:
                staff = await signin.add(
                    db, email, name=place.name, role=place.role, department=place.department, at=clock.now()
                )
            else:
                await _change(db, staff, place)
            token = await signin.invite(db, staff, at=clock.now())
    finally:
        await sessions.kw["bind"].dispose()
    return f"{settings.base_url}/staff/password/{token}"


async def _change(db: AsyncSession, staff: Staff, place: Place) -> None:
    """Say what somebody was until now: beside the link, which alone goes to the standard output."""
    before = Place(staff.name, staff.role, staff.department_code)
    if not staff.is_active:
        raise OperatorError(f"{staff.email} has no access any more: an administrator gives it back at /staff/people.")
    try:
        await people.change(db, staff.id, place, by=None, at=clock.now())
    except LastAdmin:
        raise OperatorError(f"{staff.email} is the last administrator: add another one first.") from None
    now = "the same" if before == place else _told(place)
    print(f"{staff.email} was there already as {_told(before)}; now {now}.", file=sys.stderr)


def _told(place: Place) -> str:
    return f"{place.name}, {place.role}{f' of {place.department}' if place.department else ''}"


def _check(given: argparse.Namespace, departments: set[str]) -> None:
    if "@" not in given.email:
        raise OperatorError(f"{given.email} is no e-mail address.")
    if given.role == Role.DEPARTMENT and given.department is None:
        raise OperatorError("the role department needs --department CODE.")
    if given.department is not None and given.department not in departments:
        raise OperatorError(f"there is no department {given.department}; known: {', '.join(sorted(departments))}.")
