"""Whatever is handed over as a message is kept or taken for what it is, and never a fault."""

import base64
import time
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.db import Sessions, transaction
from portal.intake.incoming_mail import LARGEST, IncomingMail, Outcome
from portal.mail import quotes, reading
from portal.settings import Settings
from tests.intake.post_office import LETTERS, letter, receive

CYRILLIC = "Дупката е още там, елате."
OURS = "portal+c-1-abcdefghijklmnop@stanimaka.example"
DEEP = 3000
REPORT = b"Content-Type: multipart/report; boundary=x\n"
NASTY = {
    "nothing": b"",
    "no header": b"\r\n\r\nbody",
    "binary": bytes(range(256)) * 40,
    "NUL": b"From: a@b.bg\0\nSubject: \0\nTo: " + OURS.encode() + b"\n\na\0b",
    "no end of the parts": b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHello",
    "no boundary": b"Content-Type: multipart/mixed\n\nHello",
    "unknown charset": b'Content-Type: text/plain; charset="koi-7"\nSubject: =?koi-7?B?////?=\n\n\xc4\xf3\xef\xea\xe0',
    "charset that is no text": b"Content-Type: text/plain; charset=base64\n\n\xc4\xf3",
    "broken base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n=A=B@@@",
    "unknown encoding": b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\nzzz\n",
    "letters in letters": b"Content-Type: message/rfc822\n\n" * DEEP + b"end",
    "parts in parts": b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(DEEP)),
    "an empty report": REPORT + b"\n--x\nContent-Type: message/delivery-status\n\n--x--",
    "a report of text": b"Content-Type: message/delivery-status\n\nFinal-Recipient: x\n\nAction: failed\n",
    "a thousand recipients": b"To: " + b", ".join(b"a%d@example.bg" % n for n in range(1000)) + b"\n\nHello",
    "a long header": b"Subject: " + b"=?utf-8?B?0JA=?= " * 100_000 + b"\nFrom: " + b"<" * 100_000 + b"\n\nHello",
    "many headers": b"".join(b"To: a@b.bg\n" for _ in range(50_000)) + b"\nHello",
    "HTML bomb": b"Content-Type: text/html\n\n" + b"<div>" * 400_000,
    "unclosed comments": b"Content-Type: text/html\n\n" + b"<!--" * 200_000 + b"<![" * 200_000,
    "entities": b"Content-Type: text/html\n\n" + b"&lt;script&gt;&#0;&#xD800;" * 50_000,
    "attribution without end": b"\n" + ("На " + "написа " * 200_000).encode(),
    "a hundred thousand lines": b"\n" + "На 12.03 г. Община\n".encode() * 100_000,
    "rule without end": b"\n" + b"-" * 2_000_000 + b" _" * 200_000,
    "many headers in bare bytes": b"".join(b"X-%d: \xc4\xf3\xef\xea\xe0 \xc4\n" % n for n in range(300_000))
    + b"\nHello",
    "one header many times": b"Subject: \xc4\xf3\xef\xea\xe0\n" * 300_000 + b"\nHello",
    "many small parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n\xc4\xf3\xef\n" * 200_000,
    "small parts in parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n" % n + b"--%d\n\n\xc4\xf3\n" % n * 5000 + b"--%d\n" % n
        for n in range(19)
    ),
    "letters in many parts": b"Content-Type: multipart/mixed; boundary=x\n\n"
    + b"--x\nContent-Type: message/rfc822\n\nSubject: \xc4\xf3\n\nx\n" * 100_000,
    "nothing but signatures": b"\n" + b"--\n" * 2_000_000,
    "nothing but beginnings": b"\n" + "От: a@b.bg 14:03\n".encode() * 400_000,
    "nothing but attributions": b"\n" + "На 1.1 14:03\nнаписа\n".encode() * 300_000,
    "words without end": b"\n" + b"\xc4\xf3\xef\xea\xe0" * 2_000_000,
    "bare bytes without end": b"\n" + b"\xc4\xf3 " * 3_000_000,
    "nothing but calendars": b"Content-Type: text/calendar\n\n" + b"BEGIN:VCALENDAR\n" * 500_000,
    "big": b"From: a@b.bg\n\n" + b"x" * (10 << 20),
}


@pytest.mark.parametrize("raw", NASTY.values(), ids=NASTY)
async def test_it_is_kept_soon(sessions: Sessions, settings: Settings, raw: bytes) -> None:
    began = time.process_time()
    assert await receive(sessions, settings, raw[:LARGEST]) in {Outcome.UNKNOWN, Outcome.AUTOMATIC}
    assert time.process_time() - began < 10
    async with transaction(sessions) as db:
        (mail,) = list(await db.scalars(select(IncomingMail)))
    assert mail.raw == raw[:LARGEST]


@pytest.mark.parametrize(
    ("told", "used"),
    [
        ("windows-1251", "windows-1251"),
        ("koi8-r", "koi8-r"),
        ("utf-8", "windows-1251"),
        ("iso-8859-1", "windows-1251"),
        ("us-ascii", "utf-8"),
        ("windows-1251", "utf-8"),
        ("nonsense", "windows-1251"),
        ("", "windows-1251"),
    ],
)
def test_cyrillic_is_read_whatever_charset_is_told(told: str, used: str) -> None:
    charset = f"; charset={told}" if told else ""
    raw = f"Content-Type: text/plain{charset}\n\n".encode() + CYRILLIC.encode(used)
    assert reading.read(raw, to="").text == CYRILLIC


def test_header_in_bare_bytes_is_read() -> None:
    for charset in ("utf-8", "windows-1251"):
        assert reading.read("Subject: Още е там\n\nx".encode(charset), to="").subject == "Още е там"


def test_script_of_an_html_letter_is_no_text() -> None:
    assert quotes.as_text("<p>Ето&nbsp;<b>там</b></p><script>alert(1)</script><p>&lt;i&gt;</p>") == "Ето там\n<i>"


def test_all_that_is_quoted_is_nothing_and_nothing_quoted_is_all() -> None:
    assert quotes.written("> нищо\n> свое") == ""
    assert quotes.written("На мен ми се струва, че е там:\nдо входа.") == "На мен ми се струва, че е там:\nдо входа."
    assert quotes.written("Да.\n\nНа 12.03.2026 г. Община написа:\n> Тук ли?\nНе, там.\n> Сега?\nДа") == (
        "Да.\n\nНе, там.\nДа"
    )


PARTS = st.sampled_from([
    b"Content-Type: multipart/mixed; boundary=x\n", REPORT, b"\n--x\n", b"\n--x--\n", b"\n\n", b"=?", b"From: ",
    b"Content-Type: message/delivery-status\n", b"Content-Type: message/rfc822\n", b"Content-Type: text/html; charset=",
    b"Action: failed\n", b"Status: 5.1.1\n", b"Final-Recipient: rfc822;", b"Content-Transfer-Encoding: base64\n",
    b"To: " + OURS.encode() + b"\n", b"Subject: =?utf-8?Q?=00=FF?=\n", b"Return-Path: <>\n", b"<div><!--",
    b"Content-Disposition: attachment; filename*=utf-8''%00%ff\n", base64.b64encode(CYRILLIC.encode()), b"\xff\xfe\0",
    "На 1.1 г. написа:\n> ".encode(),
])  # fmt: skip


@hypothesis_settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(PARTS, st.binary(max_size=30)), max_size=30))
def test_no_heap_of_parts_is_a_fault(parts: list[bytes]) -> None:
    read = reading.read(b"".join(parts), to="")
    assert "\0" not in read.text + read.words + read.subject + read.sender + "".join(read.files)


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(path.stem for path in LETTERS.glob("*.eml"))),
    st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=6)), min_size=1, max_size=8),
)
def test_damaged_letter_is_no_fault(name: str, damage: list[tuple[int, bytes]]) -> None:
    raw = bytearray(letter(name))
    for place, junk in damage:
        raw[place % len(raw) : place % len(raw) + len(junk)] = junk
    reading.read(bytes(raw), to="")
    reading.files(bytes(raw))


async def test_name_and_words_may_be_anything(sessions: Sessions, settings: Settings) -> None:
    message = EmailMessage()
    message["From"], message["To"] = '"<script>" <a@b.bg>', OURS
    message.set_content("<script>alert(1)</script>")
    message.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="../../a.exe")
    assert await receive(sessions, settings, bytes(message)) is Outcome.UNKNOWN
