"""A department encloses files with its answer: the staff and that department save them, and nobody else sees them."""

import os
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.cases.model import Case
from portal.db import Sessions, transaction
from portal.files.documents import LARGEST
from portal.files.enclosures import Enclosure
from portal.files.uploads import Uploads
from portal.heartbeat import Heartbeat
from portal.jobs import tidy
from portal.settings import Settings
from portal.staff.model import Role
from portal.web.files import LARGEST_BODY
from tests.cast import Client, Post, employ, link, sign_in
from tests.departments.test_answer import LIGHTING, VIEW, answers_given, case, move, path
from tests.files.test_documents import PDF, WORD

__all__ = ["case", "path"]
File = tuple[str, tuple[str, bytes, str]]


def file(content: bytes = PDF, name: str = "Становище.pdf") -> File:
    return ("files", (name, content, "text/html"))


async def kept(sessions: Sessions) -> list[Enclosure]:
    async with transaction(sessions) as db:
        return list(await db.scalars(select(Enclosure).order_by(Enclosure.id)))


def addresses(page: str) -> list[str]:
    return re.findall(r'href="[^"]*?(/[^":]*/files/\d+)"', page)


async def test_the_staff_and_the_department_save_what_it_encloses(
    client: Client, sessions: Sessions, case: Case, path: str
) -> None:
    for _ in range(2):  # a double tap
        answer = await client.post(path, data=VIEW, files=[file(), file(WORD, "смета.docx")], follow_redirects=False)
        assert answer.status_code == 303
    assert [(one.position, one.name) for one in await kept(sessions)] == [(1, "Становище.pdf"), (2, "смета.docx")]
    await sign_in(client, sessions, await employ(sessions, "Мария, която чете"))
    for page in (path, f"/staff/cases/{case.id}"):
        found = addresses((await client.get(page)).text)
        assert len(found) == 2
        saved = await client.get(found[0])
        assert saved.content == PDF
        assert saved.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('Становище.pdf')}"
        assert saved.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert saved.headers["X-Content-Type-Options"] == "nosniff"
        assert saved.headers["Cache-Control"] == "no-store"
        assert saved.headers["Content-Type"] == "application/pdf"


async def test_nobody_else_sees_them(client: Client, sessions: Sessions, case: Case, path: str, post: Post) -> None:
    await client.post(path, data=VIEW, files=[file()])
    track = link((await post.deliver())[-1], "track")
    own = addresses((await client.get(path)).text)[0]
    for page in (track, f"/register/{case.incoming_year}/{case.incoming_seq}", "/register.json"):
        answer = (await client.get(page)).text
        assert "/files/" not in answer
        assert "Становище.pdf" not in answer
    assert (await client.get(own.replace("/answer/", "/track/"))).status_code == 404
    assert (await client.get(f"/staff/cases/{case.id}/files/1", follow_redirects=False)).status_code == 303
    lamp = await employ(sessions, "Лъчезар от осветлението", Role.DEPARTMENT, LIGHTING)
    await sign_in(client, sessions, lamp)
    assert (await client.get(f"/staff/cases/{case.id}/files/1")).status_code == 404
    assert (await client.get(re.sub(r"\d+$", "999", own))).status_code == 404


async def test_a_department_does_not_open_anothers(client: Client, sessions: Sessions, case: Case, path: str) -> None:
    await client.post(path, data=VIEW, files=[file()])
    first = addresses((await client.get(path)).text)[0]
    await move(sessions, case, LIGHTING)
    assert (await client.get(first)).status_code == 404
    await sign_in(client, sessions, await employ(sessions, "Лъчезар от осветлението", Role.DEPARTMENT, LIGHTING))
    opened = await client.get(f"/staff/cases/{case.id}/answer", follow_redirects=True)
    theirs = f"{opened.url.path}/files/{(await kept(sessions))[0].id}"
    assert (await client.get(theirs)).status_code == 404


async def test_form_with_an_error_keeps_files_and_text(client: Client, sessions: Sessions, path: str) -> None:
    wrong = await client.post(path, data=VIEW | {"answer": "x"}, files=[file()])
    assert wrong.status_code == 422
    assert "Становище.pdf е приет" in wrong.text
    assert VIEW["text"] in wrong.text
    token = re.search(r'name="kept"\s+value="([^"]+)"', wrong.text)
    assert token
    mended = await client.post(path, data=VIEW | {"kept": token[1]}, files=[file(WORD, "смета.docx")])
    assert mended.status_code == 200
    assert [one.name for one in await kept(sessions)] == ["Становище.pdf", "смета.docx"]
    forged = await client.post(path, data=VIEW | {"text": "Друго нещо.", "kept": f"{token[1]}x"})
    assert forged.status_code == 200
    assert len(await kept(sessions)) == 2


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ([file(b"<script>alert(1)</script>", "снимка.pdf")], "„снимка.pdf“ не е във формат PDF"),
        ([file(PDF + b" " * LARGEST, "голям.pdf")], "„голям.pdf“ е над 10 MB"),
        ([file(PDF + b"%d" % n, f"{n}.pdf") for n in range(6)], "„5.pdf“ не е приет: изберете най-много 5 файла"),
    ],
)
async def test_what_is_not_taken_is_told_beside_the_field(
    client: Client, sessions: Sessions, path: str, files: list[File], error: str
) -> None:
    answer = await client.post(path, data=VIEW, files=files)
    assert answer.status_code == 422
    assert error in answer.text
    assert VIEW["text"] in answer.text
    assert await answers_given(sessions) == []


async def test_more_than_a_form_can_hold_is_answered_with_a_sentence(client: Client, path: str) -> None:
    answer = await client.post(path, data=VIEW, files=[file(PDF + b" " * LARGEST_BODY)])
    assert answer.status_code == 413
    assert "Изберете по-малко или по-малки файлове" in answer.text


async def test_what_belongs_to_nothing_is_removed(
    client: Client, sessions: Sessions, settings: Settings, path: str
) -> None:
    uploads = Uploads(settings.uploads)
    await client.post(path, data=VIEW, files=[file()])
    wrong = await client.post(path, data=VIEW | {"answer": "x"}, files=[file(WORD, "смета.docx")])
    age(settings.uploads)
    await tidy(sessions, uploads)
    assert [one.suffix for one in settings.uploads.glob("*/*")] == [".bin"], "the answer's stays, the other is gone"
    token = re.search(r'name="kept"\s+value="([^"]+)"', wrong.text)
    assert token
    late = await client.post(path, data=VIEW | {"text": "Друго.", "kept": token[1]})
    assert "вече ги няма. Изберете ги отново" in late.text
    async with transaction(sessions) as db:
        await db.execute(delete(Case))
        await db.execute(delete(Heartbeat))
    age(settings.uploads)
    await tidy(sessions, uploads)
    assert list(settings.uploads.glob("*/*")) == []


def age(folder: Path) -> None:
    then = (clock.now() - timedelta(days=2)).timestamp()
    for one in folder.glob("*/*"):
        os.utime(one, (then, then))


async def test_file_lost_from_the_disk_is_no_fault(client: Client, settings: Settings, path: str) -> None:
    await client.post(path, data=VIEW, files=[file()])
    for one in settings.uploads.glob("*/*"):
        one.unlink()
    assert (await client.get(addresses((await client.get(path)).text)[0])).status_code == 404
