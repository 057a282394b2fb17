"""What comes to the portal of the demonstration by e-mail: a letter given back, a sender's answer, a stranger's."""

from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

from portal.cases.model import Case
from portal.mail.outbox import Email
from portal.settings import Settings
from portal.tokens import Tokens

REPORT = """Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address rejected: User unknown
"""


def given_back(email: Email, settings: Settings) -> tuple[bytes, str]:
    """Return what the mail server says of a letter to an address that does not exist, and where it says it."""
    to = f"portal+{Tokens.of(settings).mailbox('b', email.id, email.recipient)}@stanimaka.example"
    report = MIMEMultipart("report")
    report["From"], report["To"] = "MAILER-DAEMON@mx.example.com", to
    report["Subject"], report["Message-ID"] = "Undelivered Mail Returned to Sender", f"<back-{email.id}@mx.example.com>"
    report.attach(MIMEText("Your message could not be delivered to one or more recipients."))
    status = MIMEText("", "delivery-status")
    status.set_payload(REPORT.format(recipient=email.recipient))
    report.attach(status)
    ours = EmailMessage()
    ours["To"], ours["Subject"] = email.recipient, email.subject
    report.attach(MIMEMessage(ours))
    return report.as_bytes(), to


def answer(case: Case, text: str, picture: bytes, settings: Settings) -> tuple[bytes, str]:
    """Return what the sender writes below one of our letters, with a picture, and to which address."""
    assert case.sender_email is not None
    to = f"portal+{Tokens.of(settings).mailbox('c', case.id, case.sender_email)}@stanimaka.example"
    letter = _letter(case.sender_email, to, f"Re: Вх. № {case.incoming_number}", text)
    letter.add_attachment(picture, maintype="image", subtype="jpeg", filename="IMG_2041.jpg")
    return letter.as_bytes(), to


def of_stranger(sender: str, subject: str, text: str) -> tuple[bytes, str]:
    """Return what is written to the portal out of the blue."""
    to = "portal@stanimaka.example"
    return _letter(sender, to, subject, text).as_bytes(), to


def _letter(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    letter = EmailMessage()
    headers: dict[str, Any] = {"From": sender, "To": to, "Subject": subject, "Message-ID": f"<{len(text)}.{sender}>"}
    for name, value in headers.items():
        letter[name] = value
    letter.set_content(text)
    return letter
