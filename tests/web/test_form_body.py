"""What is too long, too much or no text at all is refused while it is read, on every route that takes a form."""

import unicodedata
from collections.abc import AsyncIterator

import pytest
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from portal.db import Sessions
from portal.staff.model import Role
from portal.web import form_body
from portal.web.form_body import CITIZENS, MOST_PARTS, Limits
from portal.web.forms import Typed, clean
from tests.cast import PENKA, Client, employ, form_of, sign_in
from tests.web.test_any_input import addresses

FEW = Limits(field=10, texts=25)
ENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


async def read(body: bytes, content_type: str = ENCODED, limits: Limits = CITIZENS) -> list[tuple[str, object]]:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 7):
            yield body[at : at + 7]

    return sorted((await form_body.read(content_type, chunks(), limits)).multi_items(), key=lambda one: one[0])


def part(name: str, content: bytes, more: str = "") -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


async def test_fields_come_as_they_were_typed() -> None:
    assert await read(b"a=%D0%B4+1&a=2&b=&c") == [("a", "д 1"), ("a", "2"), ("b", ""), ("c", "")]
    body = part("a", "д\r\n1".encode()) + part("f", b"12345", '; filename="x.txt"') + part("a", b"") + b"--x--\r\n"
    (first, last, file) = await read(body, MULTIPART)
    assert (first, last) == (("a", "д\r\n1"), ("a", ""))
    assert isinstance(file[1], UploadFile)
    assert await file[1].read() == b"12345"
    await file[1].close()
    assert await read(b"", ENCODED) == await read(b"{}", "application/json") == []


@pytest.mark.parametrize(
    "body",
    [
        part("a", b"12345678901"),
        part("a", b"1234567890") + part("b", b"1234567890") + part("c", b"123456"),
        part("a", "дддддддддддд".encode()) * 2,
        b"".join(part("a", b"") for _ in range(MOST_PARTS + 1)),
    ],
    ids=["one field", "all together", "bytes of all", "how many"],
)
async def test_too_much_is_refused(body: bytes) -> None:
    with pytest.raises(RequestEntityTooLarge):
        await read(body + b"--x--\r\n", MULTIPART, FEW)


@pytest.mark.parametrize("body", [b"a=12345678901", b"a=1&" * MOST_PARTS, b"a=" + b"%31" * 400_000])
async def test_too_much_is_refused_of_an_encoded_form(body: bytes) -> None:
    with pytest.raises(RequestEntityTooLarge):
        await read(body, ENCODED, FEW)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (part("a", b"\xff") + b"--x--\r\n", MULTIPART),
        (b"a=%ff", ENCODED),
        (b"\xff=1", "application/x-www-form-urlencoded; charset=koi8-r"),
        (part("a", b"1"), MULTIPART),
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=" + "x" * 71),
        (b"1", MULTIPART),
    ],
)
async def test_what_is_no_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(ClientException):
        await read(body, content_type)


@pytest.mark.parametrize("charset", ["nonsense", "hex", "punycode", "idna", "utf-7", "utf-16"])
async def test_character_set_of_a_part_is_not_asked(charset: str) -> None:
    """Pages are in UTF-8, and so is what they send; `punycode` would take minutes for a megabyte."""
    body = f'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset={charset}\r\n\r\n'
    assert await read(body.encode() + "дупка\r\n--x--\r\n".encode(), MULTIPART) == [("a", "дупка")]


async def test_every_route_refuses_what_is_too_long(client: Client, sessions: Sessions) -> None:
    await sign_in(client, sessions, await employ(sessions, role=Role.ADMIN))
    for path in addresses(client, "POST"):
        for body, media_type in (
            (b"text=" + b"a" * 900_001, ENCODED),
            (part("text", b"a" * 900_001) + b"--x--\r\n", MULTIPART),
            (part("text", b"\xd0\xb4" * 600_000) + b"--x--\r\n", MULTIPART),
        ):
            answer = await client.post(path, content=body, headers={"Content-Type": media_type}, follow_redirects=False)
            assert answer.status_code in {303, 403, 404, 413, 422}, (path, media_type)
            assert len(answer.content) < 100_000, path


async def test_form_that_is_far_too_long_is_given_back_with_its_error(client: Client) -> None:
    form = form_of(await client.get("/submit/signal"))
    text = "Много дълга жалба. " * 3_000
    answer = await client.post("/submit/signal", data={**PENKA, **form, "text": text, "preview": "1"})
    assert answer.status_code == 422
    assert "Съкратете текста с" in answer.text
    assert answer.text.count("Много дълга жалба.") >= 3_000


MARKS = ["\u0301", "\u0301\u0323", "\u0344", "\u0f71\u0f72", "\u05b0\u0591", "\U0001d165\U0001d16d"]


@pytest.mark.parametrize("marks", MARKS)
async def test_heap_of_marks_is_cut(marks: str) -> None:
    cleaned = clean("е" + marks * 20_000 + "х")
    assert len(cleaned) < 200
    assert (cleaned[0], cleaned[-1]) in {("е", "х"), ("ѐ", "х"), ("ё", "х")}
    assert unicodedata.is_normalized("NFC", cleaned)


def test_marks_of_languages_stay() -> None:
    for text in ("и\u0301стина й ѝ", "Việt Nam", "שָׁלוֹם", "ไทยที่", "é"):
        assert clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "mark",
    ["\u00ad", "\u034f", "\u061c", "\u200b", "\u200e", "\u2066", "\u2067", "\u2068", "\u2069", "\u3164", "\ufeff",
     "\uffa0", "\U000e0041", "\x00", "\x0b", "\x85", "\ud800", "\ufe0f", "\u200d"],
)  # fmt: skip
def test_what_nobody_sees_is_dropped(mark: str) -> None:
    assert clean(f"Пен{mark}ка") == "Пенка"
    typed = Typed({"email": f"{mark}penka@example.bg{mark}", "phone": f"{mark}0888 123 456{mark}"})
    assert (typed.email("email"), typed.phone("phone"), typed.errors) == ("penka@example.bg", "+359888123456", {})


def test_emoji_stay_whole() -> None:
    for emoji in ("👨‍👩‍👧", "❤️", "👍🏽", "🏳️‍🌈", "☀️"):
        assert clean(emoji) == emoji


@pytest.mark.parametrize("text", ["\u00ad" * 30, ". . . . . . . . . .", "\u3164" * 20, "1234567890", "🙂" * 12])
async def test_text_without_words_is_none(client: Client, text: str) -> None:
    form = form_of(await client.get("/submit/signal"))
    answer = await client.post("/submit/signal", data={**PENKA, **form, "text": text})
    assert answer.status_code == 422
    assert "Напишете с думи за какво се отнася" in answer.text or "Напишете за какво се отнася" in answer.text


@pytest.mark.parametrize("title", ["\u00ad", "\u3164", "...", "—"])
async def test_title_without_a_letter_is_none(client: Client, title: str) -> None:
    form = form_of(await client.get("/submit/signal"))
    answer = await client.post("/submit/signal", data={**PENKA, **form, "title": title, "preview": "1"})
    assert answer.status_code == 200
    assert PENKA["text"][:20] in answer.text


async def test_long_addresses_and_headers_are_refused_in_bulgarian(client: Client) -> None:
    for path, headers, status in (
        ("/register?q=" + "x" * 64_000, {}, 414),
        ("/" + "x" * 64_001, {}, 414),
        ("/register", {"X-Long": "x" * 96_001}, 431),
    ):
        answer = await client.get(path, headers=headers)
        assert answer.status_code == status
        assert 'lang="bg"' in answer.text
        assert answer.headers["content-security-policy"]


async def test_way_back_after_the_sign_in_is_short(client: Client) -> None:
    for length in (10, 500, 1_300):
        answer = await client.get("/staff", params={"q": "ж" * length}, follow_redirects=False)
        assert answer.status_code == 303
        assert len(answer.headers["location"]) < 2_100
