"""The tokens in the links of e-mails: signed, not stored, so that a copy of the database opens no case.

Each is for one purpose: the one that shows "check your e-mail" can't confirm, and neither is taken for the one that
opens a case. Those of a sender name the case by its id and by a random key of its row: after a database is restored
from yesterday the id is another one's. They end with the version of the sender's address (`address_version`), which is
raised where the address is corrected (intake/confirmation.py, handling/sender_address.py) and where the sender ends
all links (intake/lost_link.py, renew).

`former` secrets only read: links in letters that were sent before a change of the secret go on opening.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from portal.cases.model import Case
from portal.clock import SOFIA
from portal.settings import Settings


class Linked(NamedTuple):
    """What a sender's token says; the case is theirs only where `is_of` agrees."""

    case_id: int
    key: int
    version: int

    def is_of(self, case: Case) -> bool:
        return (case.id, case.link_key, case.address_version) == self

    def is_of_former_address(self, case: Case) -> bool:
        return (case.id, case.link_key) == self[:2] and self.version < case.address_version


_WHOLE = re.compile(r"(?:\.?[\w-]+\.)?[\w-]{43}", re.ASCII)
"""What is signed and its SHA-256, or a random one alone, in base64url."""


def cut(token: str) -> str:
    """Return the token without what was copied with it, or what a mail program took into the link: „TOKEN).“."""
    whole = _WHOLE.match(token)
    return whole[0] if whole else token


class Tokens:
    def __init__(self, secret: str, *, former: Sequence[str] = (), totp_secret: str | None = None) -> None:
        secrets = [*former, secret]  # as itsdangerous wants them: the last one signs
        self._mailboxes = [hmac.new(one.encode(), b"mailbox", hashlib.sha256) for one in secrets]
        self._totp = hmac.new((totp_secret or secret).encode(), b"totp", hashlib.sha256)
        self._sent = _serializer(secrets, "sent")
        self._confirm = _serializer(secrets, "confirm")
        self._track = _serializer(secrets, "track")
        self._paper = _serializer(secrets, "paper")
        self._password = _serializer(secrets, "password")
        self._answer = _serializer(secrets, "answer")
        self._follow = _serializer(secrets, "follow")
        self._unfollow = _serializer(secrets, "unfollow")
        self._kept = _serializer(secrets, "kept")
        self._enclosed = _serializer(secrets, "enclosed")

    @classmethod
    def of(cls, settings: Settings) -> "Tokens":
        return cls(settings.secret, former=settings.former_secrets, totp_secret=settings.totp_secret or None)

    def sent(self, case: Case) -> str:
        """The page after the form: it stays the same while the address is corrected on it."""
        return str(self._sent.dumps([case.id, case.link_key, 0]))

    def confirm(self, case: Case, address_version: int) -> str:
        """Names the address it is sent to as well: a link sent to a mistyped one ends when it is corrected."""
        return str(self._confirm.dumps([case.id, case.link_key, address_version]))

    def track(self, case: Case, address: str | None = None) -> str:
        """`address`: to which the letter with it goes; where that is the sender's no more, it opens nothing."""
        version = case.address_version if address in {None, case.sender_email} else 0
        return str(self._track.dumps([case.id, case.link_key, version]))

    def paper(self, case: Case) -> str:
        """Stands on a receipt that the staff print: whoever has seen it may read, and do nothing as the sender."""
        return str(self._paper.dumps([case.id, case.link_key, case.address_version]))

    def password(self, invitation: str) -> str:
        """The e-mail waits in the outbox with `invitation` alone: who reads it there can't make the link of it."""
        return str(self._password.dumps(invitation))

    def answer(self, department: str, issued_at: datetime, staff_id: int = 0) -> str:
        """Stands in a department's digest: when it was issued says how long it opens anything.

        `staff_id`: of whom it is for alone, because they are signed in.
        """
        return str(self._answer.dumps([department, int(issued_at.timestamp()), staff_id]))

    def read_answer(self, token: str) -> tuple[str, datetime, int] | None:
        """Return the code of the department, when it was issued, and for whom alone, or 0."""
        try:
            department, issued, staff_id = self._answer.loads(cut(token))
        except (BadData, ValueError, TypeError):
            return None
        return department, datetime.fromtimestamp(issued, SOFIA), staff_id

    def follow(self, follower: int) -> str:
        return str(self._follow.dumps([follower]))

    def unfollow(self, follower: int) -> str:
        return str(self._unfollow.dumps([follower]))

    def read_follow(self, token: str) -> int | None:
        return _read(self._follow, token)

    def read_unfollow(self, token: str) -> int | None:
        return _read(self._unfollow, token)

    def kept(self, picture: tuple[str, int, int, int]) -> str:
        """Stands in a form that had an error for a picture that came with it: it need not be sent again."""
        return str(self._kept.dumps(picture))

    def read_kept(self, token: str) -> tuple[str, int, int, int] | None:
        """Return the picture's hash, size, width and height."""
        try:
            sha256, size, width, height = self._kept.loads(token)
        except (BadData, ValueError):
            return None
        return sha256, size, width, height

    def enclosed(self, file: tuple[str, str, str, int]) -> str:
        """Stands in a department's form that had an error, for a file that came with it."""
        return str(self._enclosed.dumps(file))

    def read_enclosed(self, token: str) -> tuple[str, str, str, int] | None:
        """Return the file's hash, media type, name and size."""
        try:
            sha256, media_type, name, size = self._enclosed.loads(token)
        except (BadData, ValueError):
            return None
        return sha256, media_type, name, size

    def mailbox(self, kind: str, number: int, address: str) -> str:
        """Return what stands behind the + of an address of ours: `b`ounces of an e-mail, or the answers to a `c`ase.

        In letters that a mail server may make small (RFC 5321 leaves 64 octets before the @), good only as long as it
        is `address` that we write to: what was sent to a mistyped one speaks for nobody once it is corrected.
        """
        return _mailbox(self._mailboxes[-1], kind, number, address)

    def is_mailbox(self, typed: str, kind: str, number: int, address: str) -> bool:
        made = (_mailbox(one, kind, number, address) for one in self._mailboxes)
        return any(hmac.compare_digest(typed.encode(), one.encode()) for one in made)

    def read_sent(self, token: str) -> Linked | None:
        return _linked(self._sent, token)

    def read_confirm(self, token: str) -> Linked | None:
        return _linked(self._confirm, token)

    def read_track(self, token: str) -> Linked | None:
        return _linked(self._track, token)

    def read_paper(self, token: str) -> Linked | None:
        return _linked(self._paper, token)

    def totp(self, staff_id: int, seed: str) -> str:
        """Return the secret that the app on the phone shares with us: stored nowhere, made anew from the seed."""
        made = self._totp.copy()
        made.update(f":{staff_id}:{seed}".encode())
        return base64.b32encode(made.digest()[:20]).decode()


def _serializer(secrets: list[str], purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(secrets, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})


def _mailbox(signer: hmac.HMAC, kind: str, number: int, address: str) -> str:
    made = signer.copy()
    made.update(f":{kind}:{number}:{address}".encode())
    return f"{kind}-{number}-{base64.b32encode(made.digest()[:10]).decode().lower()}"


def _linked(serializer: URLSafeSerializer, token: str) -> Linked | None:
    try:
        return Linked(*serializer.loads(cut(token)))
    except (BadData, ValueError, TypeError):
        return None


def _read(serializer: URLSafeSerializer, token: str) -> int | None:
    try:
        (number,) = serializer.loads(cut(token))
    except (BadData, ValueError, TypeError):
        return None
    return int(number)
