"""The address of a case as a square that a telephone reads: on its sender's receipt, on the screen and on paper."""

import segno
from markupsafe import Markup

from portal.languages import _


def code(link: str) -> Markup:
    """Return it as SVG, white around and inside: dark pages must not turn it into what no camera reads."""
    made = segno.make(link, micro=False, error="l")
    drawn = made.svg_inline(scale=4, light="#fff", title=_("Код с адреса на преписката"))
    return Markup(drawn)  # noqa: S704 - drawn from our own address
