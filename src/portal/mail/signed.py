"""Reads the letter inside an opaque signature (RFC 8551 §3.5.2), in CMS. The signature is not verified.

Our own few lines and no library's: asn1crypto is no longer kept up, and cryptography opens none.
"""

DEEPEST = 12
MOST_ELEMENTS = 100_000
SEQUENCE, OCTETS, OCTETS_IN_PIECES, IDENTIFIER = 0x30, 0x04, 0x24, 0x06
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENDLESS, _MORE_TAG, _END = 0x80, 0x1F, b"\0\0"


def content(cms: bytes) -> bytes:
    """Return the letter within; nothing where it is no signed letter, or is broken."""
    try:
        return Elements().signed(cms)
    except (ValueError, IndexError):
        return b""


class Elements:
    """Reads what X.690 encodes, whether lengths stand at the beginning or ends at the end. Raises ValueError."""

    def __init__(self) -> None:
        self._left = MOST_ELEMENTS

    def signed(self, cms: bytes) -> bytes:
        kind, data = self._within(self._only(cms, SEQUENCE))[:2]
        if kind != (IDENTIFIER, SIGNED_DATA):
            return b""
        encapsulated = self._within(self._only(data[1], SEQUENCE))[2][1]
        octets = self._within(encapsulated)[1][1]
        (tag, value), *_ = self._within(octets)
        if tag == OCTETS_IN_PIECES:
            return b"".join(piece for inner, piece in self._within(value) if inner == OCTETS)
        return value if tag == OCTETS else b""

    def _only(self, data: bytes, wanted: int) -> bytes:
        (tag, value), *_ = self._within(data)
        if tag != wanted:
            raise ValueError
        return value

    def _within(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return the tags and values that stand one after the other."""
        found, at = [], 0
        while at < len(data) and data[at : at + 2] != _END:
            start, end, following = self._bounds(data, at, DEEPEST)
            found.append((data[at], data[start:end]))
            at = following
        return found

    def _bounds(self, data: bytes, at: int, deep: int) -> tuple[int, int, int]:
        """Return where the value begins and ends, and where the next element begins."""
        self._left -= 1
        if not deep or not self._left or data[at] & _MORE_TAG == _MORE_TAG:
            raise ValueError
        length, start = data[at + 1], at + 2
        if length == _ENDLESS:
            end = start
            while data[end : end + 2] != _END:
                end = self._bounds(data, end, deep - 1)[2]
            return start, end, end + 2
        if length > _ENDLESS:
            start += length - _ENDLESS
            length = int.from_bytes(data[at + 2 : start], "big")
        if start + length > len(data):
            raise ValueError
        return start, start + length, start + length
