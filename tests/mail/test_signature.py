"""The signature, as the receiving server checks it: on the letter that came by SMTP."""

from dataclasses import replace

import dkim
import pytest

from portal.db import Sessions
from portal.jobs import Work
from portal.settings import ROOT, Dkim, Settings
from tests.cast import Post, submitted

DATA = ROOT / "tests" / "data"
SIGNED = Dkim("example.bg", "portal", (DATA / "dkim.pem").read_text())


def dns(name: bytes, **_: object) -> bytes:
    assert name == b"portal._domainkey.example.bg."
    return (DATA / "dkim.txt").read_bytes()


@pytest.mark.parametrize(
    ("email", "to"),
    [
        ("penka@example.bg", "penka@example.bg"),
        (f"{'p' * 60}@{'example.' * 20}bg", f"{'p' * 60}@{'example.' * 20}bg"),
        ("penka@пример.бг", "penka@xn--e1afmkfd.xn--90ae"),
    ],
)
async def test_letter_arrives_as_it_was_signed(
    settings: Settings, sessions: Sessions, post: Post, email: str, to: str
) -> None:
    await submitted(sessions, email=email)
    signing = Post(Work(replace(settings, dkim=SIGNED), sessions), post.maildir)
    (letter,) = await signing.deliver()
    raw = next((post.maildir / "new").iterdir()).read_bytes()
    assert b"DKIM-Signature:" in raw
    assert dkim.verify(raw, dnsfunc=dns)
    assert not dkim.verify(raw.replace(b"Subject: ", b"Subject: X", 1), dnsfunc=dns)
    assert letter.to == to
