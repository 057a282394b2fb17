import argparse
import asyncio

from sqlalchemy import select

from portal import clock
from portal.db import connect, transaction
from portal.municipality import departments
from portal.sentences import Sentence
from portal.settings import Settings, from_environment
from portal.staff import signin
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
    """Return the one-time link; for an address that is there already, a new link to set its password."""
    sessions = connect(settings.database_url)
    email = given.email.strip().lower()
    async with transaction(sessions) as db:
        _check(given, set(await departments(db)))
        staff = await db.scalar(select(Staff).where(Staff.email == email))
        if staff is None:
            staff = await signin.add(
                db, email, name=given.name, role=Role(given.role), department=given.department, at=clock.now()
            )
        token = await signin.invite(db, staff, at=clock.now())
    await sessions.kw["bind"].dispose()
    return f"{settings.base_url}/staff/password/{token}"


def _check(given: argparse.Namespace, departments: set[str]) -> None:
    if "@" not in given.email:
        raise Sentence(f"{given.email} is no e-mail address.")
    if given.role == Role.DEPARTMENT and given.department is None:
        raise Sentence("the role department needs --department CODE.")
    if given.department is not None and given.department not in departments:
        raise Sentence(f"there is no department {given.department}; known: {', '.join(sorted(departments))}.")
