"""The worklist as the staff use it: the menu above it, filters, saved filters, renewal, many cases at once."""

import re

import pytest
from tests.cast import Client, employ, sign_in

from portal.db import Sessions
from portal.staff.model import Role

MENU = {
    Role.OPERATOR: {"/staff/entry", "/staff/reports", "/staff/settings", "/staff/account"},
    Role.HEAD: {"/staff/reports", "/staff/account"},
    Role.ADMIN: {"/staff/entry", "/staff/people", "/staff/audit", "/staff/account"},
    Role.DEPARTMENT: {"/staff/account"},
}


@pytest.mark.parametrize("role", MENU)
async def test_menu_shows_what_the_role_may_open(client: Client, sessions: Sessions, role: Role) -> None:
    await sign_in(client, sessions, await employ(sessions, role=role, department="works"))
    page = (await client.get("/staff")).text
    header = page[page.index("<header") : page.index("</header>")]
    offered = {address.removeprefix("http://testserver.local") for address in re.findall(r'href="([^"]+)"', header)}
    assert MENU[role] <= offered
    for address in offered - {"/"}:
        assert (await client.get(address)).status_code == 200, address
    for address in set().union(*MENU.values()) - MENU[role] - offered:
        assert (await client.get(address)).status_code == 403, address
    assert re.search(r'href="[^"]*/staff"\s+aria-current="page"', header)
