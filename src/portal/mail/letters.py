"""Renders an e-mail of the outbox: text, HTML and headers, the same at every try."""

from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from markupsafe import Markup

from portal.cases.model import Case, Event
from portal.languages import Language
from portal.mail import samples, signature
from portal.mail.outbox import Email
from portal.rendering.formats import count
from portal.rendering.templates import environment
from portal.settings import ROOT, Settings
from portal.tokens import Tokens


class NotMade(Exception):  # noqa: N818 - tells what is wrong with the e-mail, in words for the staff
    pass


class WholeHeader(UnstructuredHeader):
    """An address that is never broken nor encoded, however long (RFC 2369 §2): mail programs look for it as it is."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", WholeHeader)  # type: ignore[arg-type]
POLICY = SMTP.clone(header_factory=HEADERS)


WRONG_ADDRESS = "на такъв имейл не може да се пише"
TEMPLATES = ROOT / "templates" / "mail"
FOLDERS = {path.stem: path.parent.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.glob("*/**/*.txt")}


def template(message: str, form: str) -> str:
    """Return the template of a message, in the folder of the room that sends it: as text (txt) or as HTML."""
    return f"mail/{FOLDERS[message]}/{message}.{form}"


class Letters:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.host = urlsplit(settings.base_url).hostname or "localhost"
        self.tokens = Tokens.of(settings)
        self.templates = environment()

    def letter(
        self, email: Email, event: Event | None, case: Case | None, also: Sequence[tuple[Email, Event]] = ()
    ) -> EmailMessage:
        """One thread a case, one Message-ID a row: a copy that a crash sent twice is recognisable as one."""
        if (email.told or {}).get("sample") and email.message in samples.TOLD:
            event, case = samples.told(email.message, at=email.written_at)[1], samples.case(at=email.written_at)
        context = self._context(email, event, case)
        letter = EmailMessage(policy=POLICY)
        letter["Subject"] = email.subject + (f" и още {count(len(also), 'промяна', 'промени')}" if also else "")
        letter["From"] = Address(self.settings.municipality.name, addr_spec=self.settings.mail_from)
        # The address alone: a name is what a stranger typed, and encoded words in it would be read as headers.
        letter["To"] = _address(email.recipient)
        self._address_back(letter, email, case)
        letter["Date"] = email.written_at
        letter["Message-ID"] = f"<email-{email.id}@{self.host}>"
        if case:
            letter["In-Reply-To"] = letter["References"] = f"<case-{case.id}@{self.host}>"
        if email.message == "followed":
            letter["List-Unsubscribe"] = f"<{context['unfollow_link']}>"
            letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter["Auto-Submitted"] = "auto-generated"
        letter["X-Portal-Event"] = email.message
        letter.set_content(self._whole(email, "txt", context, also), cte="base64")
        letter.add_alternative(self._whole(email, "html", context, also), subtype="html", cte="base64")
        if self.settings.dkim:
            signature.sign(letter, self.settings.dkim)
        return letter

    def text(
        self, email: Email, event: Event | None, case: Case | None, also: Sequence[tuple[Email, Event]] = ()
    ) -> str:
        """Return what the letter says, whether it can be sent or not."""
        return str(self._whole(email, "txt", self._context(email, event, case), also))

    def _context(self, email: Email, event: Event | None, case: Case | None) -> dict[str, object]:
        addressed = email.recipient
        links = self._links(case, event, addressed) if case and event else self._links_apart(email, email.told or {})
        links |= self._links_of_follower(email, case)
        context: dict[str, object] = {"case": case, "event": event, "told": email.told}
        context |= {"municipality": self.settings.municipality, "takes_answers": bool(self.settings.mail_incoming)}
        context["english_link"] = _english_link(email, case, links)
        return context | links

    def _address_back(self, letter: EmailMessage, email: Email, case: Case | None) -> None:
        """Say where bounces go (smtp.py makes it the envelope's sender) and where answers do."""
        pattern = self.settings.mail_incoming
        if pattern is None:
            return
        letter["Return-Path"] = pattern.format(self.tokens.mailbox("b", email.id, email.recipient))
        if case and email.follower_id is None:  # only its sender writes to a case by answering
            letter["Reply-To"] = pattern.format(self.tokens.mailbox("c", case.id, email.recipient))

    def _whole(self, email: Email, form: str, context: dict[str, object], also: Sequence[tuple[Email, Event]]) -> str:
        """Render the letter, with what other events of its case say before or after its own, as they happened."""
        told = [
            (one.id < email.id, self._rendered(one.message, form, context | {"event": event, "bare": True}))
            for one, event in also
        ]
        before, after = ([text for first, text in told if first is wanted] for wanted in (True, False))
        return self._rendered(email.message, form, context | {"bare": False, "before": before, "after": after})

    def _rendered(self, message: str, form: str, context: dict[str, object]) -> Markup | str:
        text = self.templates.get_template(template(message, form)).render(context)
        return Markup(text) if form == "html" else text  # noqa: S704 - rendered by a template that escapes

    def _links(self, case: Case, event: Event, recipient: str) -> dict[str, object]:
        base = self.settings.base_url
        links: dict[str, object] = {"home_link": base}
        links["track_link"] = f"{base}/track/{self.tokens.track(case, recipient)}"
        # As it was at the event: a letter to a mistyped address, sent late, must not carry the corrected one's link.
        if (address_version := event.details.get("address_version")) is not None:
            links["confirm_link"] = f"{base}/confirm/{self.tokens.confirm(case, address_version)}"
        return links

    def _links_of_follower(self, email: Email, case: Case | None) -> dict[str, object]:
        """Never the sender's own page. A sample's link names nobody."""
        if email.message not in {"followed", "please_follow"}:
            return {}
        base, follower = self.settings.base_url, email.follower_id or samples.NOBODYS
        links: dict[str, object] = {"follow_link": f"{base}/follow/{self.tokens.follow(follower)}"}
        links["unfollow_link"] = f"{base}/unfollow/{self.tokens.unfollow(follower)}"
        if case:
            links["case_link"] = f"{base}/register/{case.incoming_year}/{case.incoming_seq}"
            links["track_link"] = ""
        return links

    def _links_apart(self, email: Email, told: dict[str, Any]) -> dict[str, object]:
        base = self.settings.base_url
        links: dict[str, object] = {"home_link": base, "account_link": f"{base}/staff/account"}
        links |= {"forgotten_link": f"{base}/staff/forgotten", "desk_link": f"{base}/staff"}
        if "lines" in told and "code" in told:
            links["answer_link"] = f"{base}/answer/{self.tokens.answer(told['code'], email.written_at)}"
        if "invitation" in told:
            links["password_link"] = f"{base}/staff/password/{self.tokens.password(told['invitation'])}"
        return links


def _address(recipient: str) -> Address:
    """Return the address as every mail server takes it; a domain in Cyrillic has such a form, a name has none."""
    try:
        if not recipient.isascii():
            recipient = validate_email(recipient, check_deliverability=False, allow_smtputf8=False).ascii_email or ""
        address = Address(addr_spec=recipient)
    except (EmailNotValidError, MessageError, ValueError, IndexError) as wrong:
        raise NotMade(WRONG_ADDRESS) from wrong
    if not address.username or not address.domain:
        raise NotMade(WRONG_ADDRESS)
    return address


def _english_link(email: Email, case: Case | None, links: dict[str, object]) -> str:
    """Return where a sender who reads English finds what the letter tells; nothing for others. Followers are others."""
    if case is None or case.language is not Language.ENGLISH or email.follower_id or email.message == "followed":
        return ""
    return f"{links.get('confirm_link') or links['track_link']}?lang={Language.ENGLISH}"
