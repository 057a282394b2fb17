"""A reply being written is never lost."""

import pytest

from portal.db import Sessions
from portal.settings import Settings
from portal.staff.model import Role, Staff
from tests.cast import HX, Client, employ, form_of, received, sign_in, unmarked

TEXT = "Дупката е огледана, ще бъде запълнена до петък."


@pytest.fixture
async def maria(client: Client, sessions: Sessions) -> Staff:
    maria = await employ(sessions)
    await sign_in(client, sessions, maria)
    return maria


@pytest.fixture
async def path(sessions: Sessions, settings: Settings) -> str:
    case = await received(sessions, settings)
    return f"/staff/cases/{case.id}/reply"


async def begin(client: Client, path: str, text: str = TEXT) -> dict[str, str]:
    """Open the form and type; what the page keeps by itself a second later."""
    form = form_of(await client.get(path, headers=HX))
    kept = await client.post(f"{path}/draft", data={**form, "text": text}, headers=HX)
    assert kept.status_code == 200
    return form


async def test_draft_is_there_after_signing_out_and_in(
    client: Client, sessions: Sessions, path: str, maria: Staff
) -> None:
    await begin(client, path)
    await client.post("/staff/sign-out")
    await sign_in(client, sessions, maria)
    assert TEXT in (await client.get(path)).text
    assert "Имате чернова" in (await client.get(path.removesuffix("/reply"))).text


@pytest.mark.usefixtures("maria")
async def test_sending_it_ends_the_draft(client: Client, path: str) -> None:
    form = await begin(client, path)
    await client.post(path, data={**form, "text": TEXT}, headers=HX)
    assert "Имате чернова" not in (await client.get(path.removesuffix("/reply"))).text


@pytest.mark.usefixtures("maria")
async def test_discarded_it_is_gone(client: Client, path: str) -> None:
    form = await begin(client, path)
    answer = await client.post(f"{path}/draft", data={**form, "text": TEXT, "discard": "1"}, headers=HX)
    assert answer.text.lstrip().startswith("<section")
    assert TEXT not in (await client.get(path)).text


@pytest.mark.usefixtures("maria")
@pytest.mark.parametrize("nothing", ["", "  \n"])
async def test_all_deleted_there_is_no_draft(client: Client, path: str, nothing: str) -> None:
    await begin(client, path)
    await begin(client, path, nothing)
    assert "Имате чернова" not in (await client.get(path.removesuffix("/reply"))).text


async def test_colleagues_see_who_is_writing_and_nobody_reads_the_others_draft(
    client: Client, sessions: Sessions, path: str, maria: Staff
) -> None:
    await begin(client, path)
    await sign_in(client, sessions, await employ(sessions, name="Елена Димитрова"))
    page = (await client.get(path.removesuffix("/reply"))).text
    assert f"{maria.name} пише отговор" in page
    assert TEXT not in (await client.get(path)).text


async def test_draft_outlives_a_colleagues_reply_and_both_are_shown(
    client: Client, sessions: Sessions, path: str, maria: Staff
) -> None:
    """Maria began before Elena sent: on her return, though hours later, she is told before hers replaces it."""
    await begin(client, path)
    await sign_in(client, sessions, await employ(sessions, name="Елена Димитрова"))
    form = form_of(await client.get(path, headers=HX))
    await client.post(path, data={**form, "text": "Отговорът на Елена."}, headers=HX)
    await sign_in(client, sessions, maria)
    back = await client.get(path)
    assert TEXT in back.text
    answer = await client.post(path, data={**form_of(back), "text": TEXT}, headers=HX)
    assert answer.status_code == 409
    assert "Отговорът на Елена." in unmarked(answer)
    assert TEXT in answer.text


async def test_who_may_not_reply_keeps_no_draft(client: Client, sessions: Sessions, path: str) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.HEAD))
    assert (await client.post(f"{path}/draft", data={"text": TEXT})).status_code == 403
