"""The logs of the processes: they hold neither personal data nor links that let somebody in.

Faults quote what they stumbled over: PostgreSQL the whole row („Failing row contains …“), a mail server the recipient,
a web server the address with its token.
"""

import logging
import re

_AFTER = r"\n\nThe above|\n\nDuring|\n\[SQL|\n\(Background|\nTraceback|\n +File |\Z"
LINKS = re.compile(r"(/(?:track|confirm|answer|follow|unfollow|password|sent)/)[\w.~=-]{8,}")
MASKS = (
    (re.compile(rf"\b(DETAIL|CONTEXT):.*?(?={_AFTER})", re.DOTALL), r"\1: …"),
    (LINKS, r"\1…"),
    (re.compile(r"[\w.+-]{1,64}@(?=[\w-]+\.)"), "…@"),
    (re.compile(r"(?<![\w.:])(?:\+\d(?:[ /-]?\d){8,13}|0\d(?:[ /-]?\d){7,8}|\d{10})(?![\w.])"), "…"),
)
"""What the database quotes; tokens; the names in addresses; telephones, personal numbers."""
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Discreet(logging.Formatter):
    """Masks the whole entry, with the traces of its exceptions."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def masked(entry: str) -> str:
    for pattern, instead in MASKS:
        entry = pattern.sub(instead, entry)
    return entry


def without_links(letter: str) -> str:
    """Return a letter as the staff may read it: they are not its recipient."""
    return LINKS.sub(r"\1…", letter)


def begin(level: int = logging.INFO, form: str = FORMAT) -> None:
    """Write to standard error, where systemd's journal takes it from."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet(form))
    logging.basicConfig(level=level, handlers=[handler])
