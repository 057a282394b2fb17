"""The one Jinja environment, of pages and e-mails alike."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal import clock, formats
from portal.settings import ROOT


def environment() -> Environment:
    """Return a new environment: what is left undefined raises, .txt (plain text e-mails) alone is not escaped."""
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(formats.FILTERS)
    made.globals["today"] = clock.today
    return made
