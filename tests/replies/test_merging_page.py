"""Two who write the same reply: the second sees both, and makes one text of them by a press of a button."""

import html

import pytest
from httpx import Response

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.replies import reply
from portal.settings import Settings
from tests.cast import HX, Client, employ, form_of, received, reload, sign_in

FIRST = "Благодарим за сигнала. Дупката ще се запълни. Завършваме до петък."
THEIRS = FIRST.replace("ще се запълни", "е запълнена")
MINE = FIRST.replace("петък", "понеделник")
BOTH = THEIRS.replace("петък", "понеделник")


@pytest.fixture
async def path(client: Client, sessions: Sessions, settings: Settings) -> str:
    """A case with a reply, and Maria signed in."""
    case, maria = await received(sessions, settings), await employ(sessions)
    async with transaction(sessions) as db:
        await reply.reply(db, await db.get_one(Case, case.id), FIRST, by=maria, at=clock.now())
    await sign_in(client, sessions, maria)
    return f"/staff/cases/{case.id}/reply"


async def meet(client: Client, path: str, theirs: str = THEIRS, mine: str = MINE, **headers: str) -> Response:
    opened = form_of(await client.get(path))
    await client.post(path, data={**opened, "text": theirs})
    answer = await client.post(path, data={**opened, "text": mine}, headers=headers)
    assert answer.status_code == 409
    return answer


async def take(client: Client, path: str, what: str, before: Response, **typed: str) -> Response:
    data = {**form_of(before), "text": in_field(before), **typed, "take": what}
    answer = await client.post(f"{path}/merging", data=data, headers=HX)
    assert answer.status_code == 200
    return answer


def in_field(answer: Response) -> str:
    text = answer.text.split('id="text"')[1].split(">\n", 1)[1].split("</textarea>")[0]
    return html.unescape(text)


@pytest.mark.parametrize("headers", [{}, HX], ids=["visit", "swap"])
async def test_both_stand_side_by_side_with_the_words_that_differ(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    answer = await meet(client, path, **headers)
    assert in_field(answer) == MINE
    assert "<mark>е запълнена</mark>" in answer.text
    assert "могат да се обединят" in answer.text


async def test_merged_text_is_offered_and_saved(client: Client, sessions: Sessions, path: str) -> None:
    merged = await take(client, path, "merged", await meet(client, path))
    assert in_field(merged) == BOTH
    assert "Обединен текст: прегледайте" in merged.text
    saved = await client.post(path, data={**form_of(merged), "text": in_field(merged)}, headers=HX)
    assert saved.status_code == 200
    async with transaction(sessions) as db:
        assert (await db.get_one(Case, 1)).reply == BOTH


async def test_every_text_can_be_taken_and_ones_own_comes_back(client: Client, path: str) -> None:
    answer = await meet(client, path)
    for what, text in (("theirs", THEIRS), ("after", f"{MINE}\n\n{THEIRS}"), ("merged", BOTH), ("mine", MINE)):
        answer = await take(client, path, what, answer)
        assert in_field(answer) == text


async def test_what_was_typed_since_is_not_lost_by_a_button(client: Client, path: str) -> None:
    answer = await take(client, path, "theirs", await meet(client, path), text="Написаното междувременно.")
    assert in_field(answer) == THEIRS
    assert in_field(await take(client, path, "mine", answer)) == "Написаното междувременно."


async def test_ones_own_is_kept_as_a_draft(client: Client, path: str) -> None:
    await take(client, path, "theirs", await meet(client, path))
    assert in_field(await client.get(path)) == MINE


async def test_changes_of_one_place_are_not_merged(client: Client, path: str) -> None:
    answer = await meet(client, path, mine=FIRST.replace("ще се запълни", "е огледана"))
    assert 'value="merged"' not in answer.text
    assert 'value="after"' in answer.text


async def test_third_who_saves_meanwhile_is_seen_as_well(client: Client, sessions: Sessions, path: str) -> None:
    answer = await meet(client, path)
    third = f"{THEIRS} Третият добави това."
    await client.post(path, data={**form_of(await client.get(path, headers=HX)), "seen": "999", "text": third})
    refused = await client.post(path, data={**form_of(answer), "text": MINE}, headers=HX)
    assert refused.status_code == 409
    assert "Третият добави това." in refused.text
    assert (await reload(sessions, await _case(sessions))).reply == third


async def _case(sessions: Sessions) -> Case:
    async with transaction(sessions) as db:
        return await db.get_one(Case, 1)
