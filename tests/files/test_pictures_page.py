"""Pictures: sent with a form, looked at by the staff, public after that, and gone at once when withdrawn."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.files import attachments
from portal.files.attachments import Attachment, PictureState
from portal.files.uploads import Uploads
from portal.jobs import tidy
from portal.settings import Settings
from portal.staff.model import Role
from tests.cast import HX, PENKA, Client, Post, employ, form_of, link, sign_in
from tests.files.test_pictures import drawn, opened, photographed
from tests.test_house import _check_markup

File = tuple[str, tuple[str, bytes, str]]


def file(content: bytes, name: str = "dupka.jpg") -> File:
    return ("attachments", (name, content, "image/jpeg"))


async def send(client: Client, *files: File, **changes: str) -> str:
    """Send Penka's form with the pictures; return the page that follows."""
    return (await client.post("/submit/signal", data={**PENKA, **changes}, files=list(files))).text


async def all_of(sessions: Sessions) -> list[Attachment]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Attachment).order_by(Attachment.id)))


@pytest.fixture
async def track(client: Client, sessions: Sessions, post: Post) -> str:
    """Penka has sent two pictures and confirmed; Maria is signed in. The address of Penka's page."""
    await send(client, file(drawn(size=(1200, 800), colour="white")), file(photographed()))
    confirm = link((await post.deliver())[-1], "confirm")
    await client.post(confirm)
    await sign_in(client, sessions, await employ(sessions))
    return link((await post.deliver())[-1], "track")


@pytest.fixture
async def case(sessions: Sessions, track: str) -> Case:
    assert track
    async with transaction(sessions) as db:
        return (await db.scalars(select(Case))).one()


def public(case: Case, n: int = 1) -> str:
    return f"/register/{case.incoming_year}/{case.incoming_seq}/pictures/{n}"


async def decide(client: Client, case: Case, state: str = "published", n: int = 1, **more: object) -> str:
    path = f"/staff/cases/{case.id}/pictures/{n}"
    data = {**form_of(await client.get(path)), "state": state, **more}
    answer = await client.post(path, data=data, headers=HX)
    if asked := confirmed(answer.text):
        answer = await client.post(path, data={**data, "confirmed": asked}, headers=HX)
    assert answer.status_code == 200
    return answer.text


def confirmed(page: str) -> str:
    """Return what the button says that publishes after one more look, or nothing where it was not asked for."""
    asked = re.search(r'name="confirmed" value="([^"]*)"', page)
    return asked[1] if asked else ""


async def test_form_takes_pictures_without_javascript(client: Client) -> None:
    page = (await client.get("/submit/signal")).text
    assert 'enctype="multipart/form-data"' in page
    assert 'name="attachments"' in page


async def test_pictures_are_kept_in_their_order_and_safe(sessions: Sessions, settings: Settings, track: str) -> None:
    assert track
    found = await all_of(sessions)
    assert [(one.position, one.width, one.height, one.state) for one in found] == [
        (1, 1200, 800, PictureState.HELD), (2, 200, 400, PictureState.HELD),
    ]  # fmt: skip
    kept = Uploads(settings.uploads).read(found[1].sha256)
    assert len(kept) == found[1].size
    assert found[1].media_type == "image/jpeg"
    assert not opened(kept).getexif()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no picture", "не може да се прочете"),
        (b"%PDF-1.7", "е документ (PDF)"),
        (drawn()[:200], "не може да се прочете"),
        (b"\xff\xd8\xff" + b"\x00" * (9 << 20), "е над 8 MB"),
        (drawn("PNG", (9000, 9000)), "твърде големи"),
    ],
    ids=["text", "pdf", "truncated", "heavy", "bomb"],
)
async def test_refused_picture_loses_nothing_that_was_typed(
    client: Client, sessions: Sessions, content: bytes, why: str
) -> None:
    answer = await client.post("/submit/signal", data=PENKA, files=[file(content, "моята.jpg")])
    assert answer.status_code == 422
    assert why in answer.text
    assert "„моята.jpg“" in answer.text
    for typed in (PENKA["text"], PENKA["name"], PENKA["email"]):
        assert typed in answer.text
    _check_markup("a refused picture", answer.text)
    assert await all_of(sessions) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("snimka\u202egpj.exe", "„snimkagpj.exe“"),
        ("\u2066снимка\u2069.jpg", "„снимка.jpg“"),
        ("сни\u200bмка\u3164.jpg", "„снимка.jpg“"),
        ("и\u0306.jpg", "„й.jpg“"),
        ("п" * 300 + ".jpg", f"„{'п' * 56}.jpg“"),
    ],
)
async def test_name_is_told_without_what_turns_or_hides_it(client: Client, name: str, shown: str) -> None:
    answer = await client.post("/submit/signal", data=PENKA, files=[file(b"no picture", name)])
    assert f"{shown} не може да се прочете" in answer.text


async def test_accepted_picture_need_not_be_sent_again_with_a_mended_form(client: Client, sessions: Sessions) -> None:
    refused = await send(client, file(drawn()), file(b"no picture"), phone="")
    kept = re.findall(r'name="kept"\s+value="([^"]+)"\s+checked', refused)
    assert len(kept) == 1
    await client.post("/submit/signal", data={**PENKA, "kept": kept}, files=[file(drawn(colour="blue"))])
    assert [one.position for one in await all_of(sessions)] == [1, 2]


async def test_nobody_can_name_a_picture_that_is_not_theirs(client: Client, sessions: Sessions) -> None:
    for forged in ("x", "WyJhIiwxLDEsMV0.abc", "../../etc/passwd"):
        await client.post("/submit/signal", data={**PENKA, "kept": forged, "draft": f"draft-{forged:_<20}"})
    assert await all_of(sessions) == []


async def test_fourth_picture_is_refused_and_the_form_kept(client: Client, sessions: Sessions) -> None:
    page = await send(client, *[file(drawn(colour=colour)) for colour in ("red", "green", "blue", "white")])
    assert "най-много 3 снимки" in page
    assert page.count('name="kept" value') == 3
    assert await all_of(sessions) == []


async def test_empty_field_is_no_picture(client: Client, sessions: Sessions) -> None:
    assert "Проверете имейла си" in await send(client, ("attachments", ("", b"", "application/octet-stream")))
    assert await all_of(sessions) == []


async def test_form_sent_twice_has_its_pictures_once(client: Client, sessions: Sessions) -> None:
    for _ in range(2):
        await send(client, file(drawn()), draft="a-draft-of-penkas-own")
    assert [one.position for one in await all_of(sessions)] == [1]


@pytest.mark.parametrize(
    ("first", "then", "confirmed", "number"),
    [
        (["red"], ["blue"], True, 2),
        (["red"], ["blue"], False, 2),
        ([], ["blue"], True, 2),
        ([], ["blue"], False, 1),
        (["red"], ["red", "blue"], False, 1),
        (["red"], ["red", "blue"], True, 2),
        (["red", "blue"], ["blue"], True, 1),
        (["red"], [], True, 1),
    ],
)
async def test_same_words_with_other_pictures_are_another_signal(
    client: Client, sessions: Sessions, post: Post,
    *, first: list[str], then: list[str], confirmed: bool, number: int,
) -> None:  # fmt: skip
    """From a page loaded anew, and sent twice; nothing that was sent is lost."""
    await send(client, *[file(drawn(colour=colour)) for colour in first])
    if confirmed:
        await client.post(link((await post.deliver())[-1], "confirm"))
    for _ in range(2):
        await send(client, *[file(drawn(colour=colour)) for colour in then], draft="another-key-of-the-page")
    async with transaction(sessions) as db:
        assert await db.scalar(select(func.count()).select_from(Case)) == number
    kept = {one.sha256 for one in await all_of(sessions)}
    assert len(kept) == len({*first, *then})


async def test_form_sent_again_after_confirming_changes_no_picture(
    client: Client, sessions: Sessions, post: Post
) -> None:
    """Of the case that is received; another picture is another case, and the same one again is not."""
    await send(client, file(drawn()), draft="a-draft-of-penkas-own")
    before = [one.sha256 for one in await all_of(sessions)]
    await client.post(link((await post.deliver())[-1], "confirm"))
    for colour in ("red", "blue", "blue"):
        await send(client, file(drawn(colour=colour)), draft="a-draft-of-penkas-own")
    after = await all_of(sessions)
    assert [one.sha256 for one in after][:1] == before
    assert len({one.case_id for one in after}) == len(after) == 2


async def test_staff_enter_pictures_for_a_sender(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions))
    form = form_of(await client.get("/staff/entry"))
    data = {**form, **PENKA, "kind": "signal", "channel": "counter"}
    for _ in range(2):
        assert (await client.post("/staff/entry", data=data, files=[file(drawn())])).status_code == 200
    assert len(await all_of(sessions)) == 1
    wrong = await client.post("/staff/entry", data={**data, "draft": "another-draft-of-hers"}, files=[file(b"x")])
    assert wrong.status_code == 422
    assert PENKA["text"] in wrong.text


async def test_no_picture_is_public_before_somebody_has_looked(client: Client, case: Case) -> None:
    never = await client.get(public(case, 3))
    for n in (1, 2, 9**12):
        answer = await client.get(public(case, n))
        assert (answer.status_code, answer.text) == (404, never.text)
    assert "/pictures/" not in (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text


async def test_published_it_stands_on_the_public_page(client: Client, sessions: Sessions, case: Case) -> None:
    await decide(client, case)
    page = (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text
    assert f'alt="Снимка 1 към сигнал № {case.incoming_number}"' in page
    assert 'loading="lazy"' in page
    assert public(case, 2) not in page
    _check_markup("public page with a picture", page)
    whole, small = [await client.get(public(case) + size) for size in ("", "?size=small")]
    assert opened(whole.content).size == (1200, 800)
    assert max(opened(small.content).size) == 339
    headers = whole.headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["content-disposition"].startswith("inline; filename=")
    assert headers["cache-control"] == "no-cache"
    again = await client.get(public(case), headers={"If-None-Match": headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await all_of(sessions))[1].state is PictureState.HELD


async def test_nothing_is_chosen_for_a_picture_that_nobody_has_looked_at(client: Client, case: Case) -> None:
    path = f"/staff/cases/{case.id}/pictures/1"
    opened_first = await client.get(path)
    assert not re.search(r'type="radio"[^>]*checked', opened_first.text)
    assert (await client.post(path, data=form_of(opened_first))).status_code == 422
    assert (await client.get(public(case))).status_code == 404


async def test_publishing_asks_for_one_look_at_what_all_will_see(
    client: Client, sessions: Sessions, case: Case
) -> None:
    path = f"/staff/cases/{case.id}/pictures/1"
    form = {**form_of(await client.get(path)), "state": "published"}
    asked = await client.post(path, data=form)
    assert asked.status_code == 422
    assert "нищо по нея не е черно" in asked.text
    assert re.search(r'value="published"\s+checked', asked.text)
    _check_markup("a picture to be looked at", asked.text)
    # Other cells than those that were looked at are looked at anew.
    for boxes in (["1", "2"], ["1"]):
        data = {**form, "box": boxes, "confirmed": confirmed(asked.text)}
        asked = await client.post(path, data=data)
        assert asked.status_code == 422
        assert "без черните полета" in asked.text
        assert re.search(rf'value="{boxes[0]}"[^>]*checked', asked.text)
    assert (await client.get(public(case))).status_code == 404
    await client.post(path, data={**form, "box": ["1"], "confirmed": confirmed(asked.text)})
    assert (await client.get(public(case))).status_code == 200
    # To cover more asks nothing, to uncover does.
    form["seen"] = form_of(await client.get(path))["seen"]
    assert (await client.post(path, data={**form, "box": ["1", "2"]})).status_code == 200
    form["seen"] = form_of(await client.get(path))["seen"]
    assert (await client.post(path, data={**form, "box": ["2"]})).status_code == 422
    assert (await all_of(sessions))[0].boxes == [1, 2]


async def test_black_boxes_are_burnt_in_and_the_original_stays_inside(
    client: Client, sessions: Sessions, case: Case, track: str
) -> None:
    await decide(client, case, box=["0", "1"])
    for size in ("", "?size=small"):
        image = opened((await client.get(public(case) + size)).content).convert("L")
        assert image.getpixel((3, 3)) < 30  # type: ignore[operator]
        assert image.getpixel((image.width - 3, image.height - 3)) > 225  # type: ignore[operator]
    for inside in (f"/staff/cases/{case.id}/pictures/1/original", f"{track}/pictures/1"):
        answer = await client.get(inside)
        assert opened(answer.content).convert("L").getpixel((3, 3)) > 225  # type: ignore[operator]
        assert answer.headers["cache-control"] == "no-store"
    form = (await client.get(f"/staff/cases/{case.id}/pictures/1")).text
    assert len(re.findall(r'type="checkbox"[^>]*name="box"[^>]*checked', form)) == 2
    assert len(re.findall(r'name="box"', form)) == 96
    _check_markup("picture's form", form)
    assert (await all_of(sessions))[0].boxes == [0, 1]


async def test_withdrawn_it_is_gone_at_once(client: Client, case: Case) -> None:
    await decide(client, case)
    etag = (await client.get(public(case))).headers["etag"]
    await decide(client, case, "withheld")
    for headers in ({}, {"If-None-Match": etag}):
        assert (await client.get(public(case), headers=headers)).status_code == 404
    assert "/pictures/" not in (await client.get(f"/register/{case.incoming_year}/{case.incoming_seq}")).text


@pytest.mark.parametrize("choice", ["private"])
async def test_picture_goes_with_its_case(client: Client, case: Case, track: str, choice: str) -> None:
    await decide(client, case)
    assert (await client.get(public(case))).status_code == 200
    await client.post(f"{track}/publication", data={"publication": choice})
    assert (await client.get(public(case))).status_code == 404


async def test_history_and_sender_hear_of_each_decision(client: Client, case: Case, track: str, post: Post) -> None:
    page = await decide(client, case, box="5")
    assert "Публикуване на снимка 1 със заличена част" in page
    await decide(client, case, box="5")
    await decide(client, case, "withheld", n=2)
    letters = (await post.deliver())[2:]
    assert [letter.event for letter in letters] == ["changed", "changed"]
    assert "снимка 1" in letters[0].text
    assert "няма да се вижда" in letters[1].text
    own = (await client.get(track)).text
    assert "Вижда се с преписката, със заличена част" in own
    assert "Не се публикува" in own
    _check_markup("track", own)


async def test_two_colleagues_do_not_overwrite_each_others_boxes(
    client: Client, sessions: Sessions, case: Case
) -> None:
    path = f"/staff/cases/{case.id}/pictures/1"
    opened_once = form_of(await client.get(path))
    first = {**opened_once, "state": "published", "box": "1", "confirmed": "1"}
    for _ in range(2):
        assert (await client.post(path, data=first, headers=HX)).status_code == 200
    second = await client.post(path, data={**opened_once, "state": "published", "box": "2"}, headers=HX)
    assert second.status_code == 409
    assert (await all_of(sessions))[0].boxes == [1]


async def test_nonsense_is_refused(client: Client, sessions: Sessions, case: Case) -> None:
    path = f"/staff/cases/{case.id}/pictures/1"
    assert (await client.post(path, data={"state": "nowhere", "box": "7"})).status_code == 422
    await decide(client, case, box=["-1", "96", "٣", "x", "999999", "7"])
    assert (await all_of(sessions))[0].boxes == [7]
    for n in (3, 9**15):
        assert (await client.get(f"/staff/cases/{case.id}/pictures/{n}")).status_code == 404


async def test_who_may_see_and_who_may_decide(client: Client, sessions: Sessions, case: Case) -> None:
    path = f"/staff/cases/{case.id}/pictures/1"
    await sign_in(client, sessions, await employ(sessions, role=Role.HEAD))
    assert (await client.get(f"{path}/original")).status_code == 200
    assert (await client.get(path)).status_code == 403
    await sign_in(client, sessions, await employ(sessions, role=Role.DEPARTMENT, department="lighting"))
    assert (await client.get(f"{path}/original")).status_code == 404
    assert (await client.get("/track/guess/pictures/1")).status_code == 404


async def test_worklist_tells_of_pictures_to_look_at(client: Client, case: Case) -> None:
    assert str(case.incoming_number) in (await client.get("/staff?queue=held")).text
    assert "Снимки чакат преглед" in (await client.get(f"/staff/cases/{case.id}")).text
    for n in (1, 2):
        await decide(client, case, n=n)
    assert str(case.incoming_number) not in (await client.get("/staff?queue=held")).text


def files_in(folder: Path) -> set[str]:
    return {one.name for one in folder.glob("*/*")}


async def test_files_that_belong_to_nothing_are_removed_after_a_day(
    client: Client, sessions: Sessions, settings: Settings, case: Case
) -> None:
    await decide(client, case, box="1")
    used = files_in(settings.uploads)
    await send(client, file(drawn(colour="green")), phone="")
    orphans = files_in(settings.uploads) - used
    assert len(orphans) == 2
    for one in settings.uploads.glob("*/*"):
        os.utime(one, times=(0, 0) if one.name in used else None)
    await tidy(sessions, Uploads(settings.uploads))
    assert files_in(settings.uploads) == used | orphans
    async with transaction(sessions) as db:
        later = clock.now() + timedelta(days=2)
        assert await attachments.remove_orphans(db, Uploads(settings.uploads), at=later) == 2
    assert files_in(settings.uploads) == used


async def test_nothing_is_removed_while_somebody_is_sending(sessions: Sessions, settings: Settings) -> None:
    uploads, later = Uploads(settings.uploads), clock.now() + timedelta(days=2)
    async with transaction(sessions) as db:
        await attachments.keep(db, uploads, await attachments.prepared(drawn()))
        async with transaction(sessions) as other:
            assert await attachments.remove_orphans(other, uploads, at=later) == 0
    assert len(files_in(settings.uploads)) == 2


async def test_file_that_is_lost_is_no_fault_of_the_page(client: Client, settings: Settings, case: Case) -> None:
    await decide(client, case)
    for one in settings.uploads.glob("*/*"):
        one.unlink()
    assert (await client.get(public(case))).status_code == 404


async def test_too_much_is_refused_before_it_is_read(client: Client) -> None:
    heavy = [file(b"\x00" * 22_000_000) for _ in range(3)]
    assert (await client.post("/submit/signal", data=PENKA, files=heavy)).status_code == 413
