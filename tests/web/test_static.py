"""What the public pages' own scripts weigh on the wire: the old phone waits for each byte."""

import brotli

from portal.settings import ROOT
from portal.web.static import Assets

OWN = ("portal.js", "form.js")
MOST = 3000


def test_own_scripts_of_the_public_pages_are_small() -> None:
    assets = Assets(ROOT / "static")
    found = [assets.get(assets.address(name).removeprefix("/static/")) for name in OWN]
    sizes = [len(brotli.compress(one.plain)) for one in found if one is not None]
    assert len(sizes) == len(OWN)
    assert sum(sizes) <= MOST, sizes
