"""The tokens in the links of e-mails: signed, not stored, so that a copy of the database opens no case.

Each is for one purpose: the one that shows "check your e-mail" can't confirm, and neither is taken for the one that
opens a case.
"""

import base64
import hashlib
import hmac
import re
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from portal.cases.model import Case

_WHOLE = re.compile(r"(?:\.?[\w-]+\.)?[\w-]{43}", re.ASCII)
"""What is signed and its SHA-256, or a random one alone, in base64url."""


def cut(token: str) -> str:
    """Return the token without what was copied with it, or what a mail program took into the link: „TOKEN).“."""
    whole = _WHOLE.match(token)
    return whole[0] if whole else token


class Tokens:
    def __init__(self, secret: str) -> None:
        self._mailbox = hmac.new(secret.encode(), b"mailbox", hashlib.sha256)
        self._totp = hmac.new(secret.encode(), b"totp", hashlib.sha256)
        self._sent = _serializer(secret, "sent")
        self._confirm = _serializer(secret, "confirm")
        self._track = _serializer(secret, "track")
        self._password = _serializer(secret, "password")
        self._answer = _serializer(secret, "answer")
        self._follow = _serializer(secret, "follow")
        self._unfollow = _serializer(secret, "unfollow")
        self._kept = _serializer(secret, "kept")
        self._enclosed = _serializer(secret, "enclosed")

    def sent(self, case: Case) -> str:
        return str(self._sent.dumps([case.id]))

    def confirm(self, case: Case, address_version: int) -> str:
        """Names the address it is sent to as well: a link sent to a mistyped one ends when it is corrected."""
        return str(self._confirm.dumps([case.id, address_version]))

    def track(self, case: Case) -> str:
        return str(self._track.dumps([case.id]))

    def password(self, invitation: str) -> str:
        """The e-mail waits in the outbox with `invitation` alone: who reads it there can't make the link of it."""
        return str(self._password.dumps(invitation))

    def answer(self, department: str, issued_at: datetime) -> str:
        """Stands in a department's digest: when it was issued says how long it opens anything."""
        return str(self._answer.dumps([department, int(issued_at.timestamp())]))

    def read_answer(self, token: str) -> tuple[str, int] | tuple[None, None]:
        """Return the code of the department, and the second it was issued in."""
        try:
            department, issued = self._answer.loads(cut(token))
        except (BadData, ValueError):
            return None, None
        return department, issued

    def follow(self, follower: int) -> str:
        return str(self._follow.dumps([follower]))

    def unfollow(self, follower: int) -> str:
        return str(self._unfollow.dumps([follower]))

    def read_follow(self, token: str) -> int | None:
        return _read(self._follow, token, 1)[0]

    def read_unfollow(self, token: str) -> int | None:
        return _read(self._unfollow, token, 1)[0]

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
        made = self._mailbox.copy()
        made.update(f":{kind}:{number}:{address}".encode())
        return f"{kind}-{number}-{base64.b32encode(made.digest()[:10]).decode().lower()}"

    def read_sent(self, token: str) -> int | None:
        return _read(self._sent, token, 1)[0]

    def read_confirm(self, token: str) -> tuple[int | None, int | None]:
        """Return the case and the version of the address, or (None, None)."""
        case_id, version = _read(self._confirm, token, 2)
        return case_id, version

    def read_track(self, token: str) -> int | None:
        return _read(self._track, token, 1)[0]

    def totp(self, staff_id: int, seed: str) -> str:
        """Return the secret that the app on the phone shares with us: stored nowhere, made anew from the seed."""
        made = self._totp.copy()
        made.update(f":{staff_id}:{seed}".encode())
        return base64.b32encode(made.digest()[:20]).decode()


def _serializer(secret: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})


def _read(serializer: URLSafeSerializer, token: str, length: int) -> list[int] | list[None]:
    try:
        numbers: list[int] = serializer.loads(cut(token))
    except (BadData, ValueError):
        return [None] * length
    return numbers
