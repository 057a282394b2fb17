"""The synonyms, kept by the staff: what they add is found at once."""

from portal.db import Sessions
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import Client, employ, received, sign_in


async def test_added_synonym_finds_and_removed_one_does_not(
    client: Client, sessions: Sessions, settings: Settings
) -> None:
    await received(sessions, settings)
    await sign_in(client, sessions, await employ(sessions))
    asked = "/register.json?q=пропастчица&exactly=1"
    assert (await client.get(asked)).json()["total"] == 0
    page = await client.post("/staff/synonyms", data={"phrases": "дупка, пропастчица", "relation": "same"})
    assert "дупка, пропастчица" in page.text
    assert (await client.get(asked)).json()["total"] == 1
    number = page.text.split("дупка, пропастчица")[0].rsplit("/staff/synonyms/", 1)[1].split("/")[0]
    await client.post(f"/staff/synonyms/{number}/removal")
    assert (await client.get(asked)).json()["total"] == 0


async def test_one_word_alone_is_no_synonym(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    for data in ({"phrases": "дупка", "relation": "same"}, {"phrases": "дупка, яма", "relation": "x"}, {}):
        assert (await client.post("/staff/synonyms", data=data)).status_code == 422
    assert (await client.post("/staff/synonyms/99999999999999999999/removal")).status_code == 200


async def test_only_those_who_run_the_portal_may(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.HEAD))
    assert (await client.get("/staff/synonyms")).status_code == 403
    assert (await client.post("/staff/synonyms", data={"phrases": "а, б", "relation": "same"})).status_code == 403
