"""Real conversations over SMTP: what is accepted is on the disk, and reads back as it was written."""

import asyncio
import logging
import mailbox
import smtplib
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import pytest

from portal.embedded.mailcatcher import Catcher, CaughtMessage, catch, message, messages


def letter(subject: str = "Получихме Вашия сигнал", to: str = "maria@example.com") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Община Пример <signali@example.com>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["X-Portal-Event"] = "received"
    mail.set_content("Здравейте, Мария!\n")
    mail.add_alternative("<p>Здравейте, <b>Мария</b>!</p>\n", subtype="html")
    return mail


async def send(catcher: Catcher, mail: EmailMessage, recipients: list[str] | None = None) -> str:
    address = urlsplit(catcher.url)
    async with aiosmtplib.SMTP(hostname=address.hostname, port=address.port) as smtp:
        _, answer = await smtp.send_message(mail, recipients=recipients)
    return answer


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    return tmp_path / "demo" / "mail"


def only(maildir: Path) -> CaughtMessage:
    (caught,) = messages(maildir)
    read = message(maildir, caught.key)
    assert read
    return read


async def test_it_has_the_message_on_disk_when_it_accepts(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        address = urlsplit(catcher.url)
        async with aiosmtplib.SMTP(hostname=address.hostname, port=address.port) as smtp:
            await smtp.send_message(letter())
            assert len(mailbox.Maildir(maildir, create=False)) == 1


async def test_it_reads_back_text_html_and_headers(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        await send(catcher, letter())
    caught = only(maildir)
    assert caught.subject == "Получихме Вашия сигнал"
    assert caught.to == "maria@example.com"
    assert caught.event == "received"
    assert caught.text == "Здравейте, Мария!\n"
    assert caught.html == "<p>Здравейте, <b>Мария</b>!</p>\n"
    assert dict(caught.headers)["From"] == "Община Пример <signali@example.com>"


async def test_it_takes_mail_to_cyrillic_addresses(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        await send(catcher, letter(to="Мария <мария@пример.бг>"))
    caught = only(maildir)
    assert caught.to == "мария@пример.бг"
    assert dict(caught.headers)["To"] == "Мария <мария@пример.бг>"
    assert caught.text == "Здравейте, Мария!\n"


async def test_it_keeps_the_envelope_not_only_the_headers(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        await send(catcher, letter(to="all@example.com"), ["a@example.com", "b@example.com"])
    assert only(maildir).to == "a@example.com, b@example.com"


async def test_it_lists_the_newest_first(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        for subject in ("първо", "второ", "трето"):
            await send(catcher, letter(subject))
    caught = messages(maildir)
    assert [mail.subject for mail in caught] == ["трето", "второ", "първо"]
    assert caught[0].sent_at > caught[2].sent_at
    assert [mail.subject for mail in messages(maildir, newest=1)] == ["трето"]


async def test_it_takes_many_at_once(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        await asyncio.gather(*(send(catcher, letter(f"№ {number}")) for number in range(20)))
    assert {mail.subject for mail in messages(maildir)} == {f"№ {number}" for number in range(20)}


async def test_it_still_has_yesterdays_messages(maildir: Path) -> None:
    for subject in ("вчера", "днес"):
        async with catch(maildir) as catcher:
            await send(catcher, letter(subject))
    assert [mail.subject for mail in messages(maildir)] == ["днес", "вчера"]


async def test_it_finds_a_message_that_a_mail_reader_has_marked_as_seen(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        await send(catcher, letter())
    (caught,) = messages(maildir)
    (maildir / "new" / caught.key).rename(maildir / "cur" / f"{caught.key}:2,S")
    assert messages(maildir) == [caught]
    assert message(maildir, caught.key)


@pytest.mark.parametrize(
    "key", ["", ".", "..", "new", "../secret", "../new/{key}", "new/{key}", "{key}\0", "/etc/passwd", "0"]
)
async def test_it_gives_nothing_for_a_key_it_did_not_give(maildir: Path, key: str) -> None:
    async with catch(maildir) as catcher:
        await send(catcher, letter())
    (maildir / "secret").write_text("Subject: secret\n")
    assert message(maildir, key.format(key=messages(maildir)[0].key)) is None


def test_it_has_no_messages_before_the_first(maildir: Path) -> None:
    assert messages(maildir) == []
    assert message(maildir, "1.M1P1Q1.host") is None


async def test_it_says_later_when_it_cannot_write(maildir: Path) -> None:
    async with catch(maildir) as catcher:
        (maildir / "tmp").rmdir()
        with pytest.raises(aiosmtplib.SMTPDataError, match="disk") as refused:
            await send(catcher, letter())
    assert refused.value.code == 452
    assert messages(maildir) == []


async def test_it_uses_the_port_it_is_given_and_gives_it_back(maildir: Path) -> None:
    async with catch(maildir) as first:
        port = urlsplit(first.url).port
        assert port
    async with catch(maildir, port) as second:
        assert second.url == first.url
        await send(second, letter())


async def test_it_ends_though_somebody_is_still_connected(maildir: Path) -> None:
    async with asyncio.timeout(5):
        async with catch(maildir) as catcher:
            address = urlsplit(catcher.url)
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            assert (await reader.readline()).startswith(b"220 ")
        assert await reader.read() == b""
    writer.close()


async def test_it_does_not_log_who_gets_mail(maildir: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with catch(maildir) as catcher:
        await send(catcher, letter())
    assert "maria" not in caplog.text


async def test_it_speaks_with_other_clients(maildir: Path) -> None:
    def speak(catcher: Catcher) -> None:
        address = urlsplit(catcher.url)
        with smtplib.SMTP(address.hostname or "", address.port or 0) as smtp:
            smtp.send_message(letter())

    async with catch(maildir) as catcher:
        await asyncio.to_thread(speak, catcher)
    assert only(maildir).to == "maria@example.com"
