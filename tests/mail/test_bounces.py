"""What a mail server says of a letter, in the words and codes of many."""

import pytest

from portal.mail import bounces, reading
from portal.mail.authors import Author


@pytest.mark.parametrize(
    ("status", "told", "reason"),
    [
        ("4.0.0", "DNS Error: DNS type 'mx' lookup of example.bg responded with code NXDOMAIN", bounces.NO_SUCH_DOMAIN),
        ("5.0.0", "Host or domain name not found. Name service error for name=example.bg", bounces.NO_SUCH_DOMAIN),
        ("5.0.0", 'Unrouteable mail domain "example.bg"', bounces.NO_SUCH_DOMAIN),
        ("5.0.0", "550 5.0.0 Unknown host", bounces.NO_SUCH_DOMAIN),
        ("", "Sorry, I couldn't find any host named example.bg.", bounces.NO_SUCH_DOMAIN),
        ("5.4.4", "unable to look up host", bounces.NO_SUCH_DOMAIN),
        ("5.1.2", "", bounces.NO_SUCH_DOMAIN),
        ("4.0.0", "DNS Error: SERVFAIL", bounces.AWAY),
        ("5.0.0", "retry timeout exceeded: Connection timed out", bounces.AWAY),
        ("5.0.0", "connect to mx.example.bg: Connection refused", bounces.AWAY),
        ("5.0.0", "550 Няма такъв потребител", bounces.NO_SUCH_BOX),
        ("5.0.0", "550 The domain is fine, no such user here", bounces.NO_SUCH_BOX),
        ("5.1.10", "Recipient not found", bounces.NO_SUCH_BOX),
        ("5.0.0", "552 5.2.2 over quota", bounces.FULL),
        ("5.0.0", "554 spam", bounces.REFUSED),
    ],
)  # fmt: skip
def test_reason_is_told_in_words(status: str, told: str, reason: str) -> None:
    assert bounces.reason(status, told) == reason


def report(*recipients: str) -> reading.Letter:
    told = "\n".join(f"Final-Recipient: rfc822; penka@example.bg\n{one}\n" for one in recipients)
    raw = (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.bg\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        f"--x\n\nSee below\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n{told}\n--x--\n"
    )
    return reading.read(raw.encode(), to="")


@pytest.mark.parametrize(
    ("recipients", "is_final"),
    [
        (["Action: failed\nStatus: 5.1.1"], True),
        (["Action: FAILED (bad mailbox)\nStatus: 5.1.1"], True),
        (["Status: 5.1.1"], True),
        (["Action: delayed\nStatus: 4.4.1"], False),
        (["Status: 4.4.1"], False),
        (["Action: relayed\nStatus: 2.0.0", "Action: failed\nStatus: 5.1.1"], True),
        (["Action: delayed\nStatus: 4.4.1", "Action: failed\nStatus: 5.1.1"], True),
    ],
)
def test_report_says_whether_it_is_for_good(recipients: list[str], is_final: bool) -> None:
    told = report(*recipients)
    assert told.author is Author.SERVER
    assert told.bounce is not None
    assert told.bounce.is_final is is_final


@pytest.mark.parametrize(
    "told", ["Action: delivered\nStatus: 2.0.0", "Action: relayed", "Action: expanded", "Status: 2.1.5"]
)
def test_letter_that_arrived_is_no_news(told: str) -> None:
    letter = report(told)
    assert (letter.author, letter.bounce) == (Author.MACHINE, None)


@pytest.mark.parametrize("told", ["Action: pondered\nStatus: 9.9.9", "Status: nonsense", "Action:", ""])
def test_what_is_not_understood_is_still_of_a_server(told: str) -> None:
    letter = report(told)
    assert (letter.author, letter.bounce) == (Author.SERVER, None)
