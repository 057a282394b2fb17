"""The files of static/: compressed beforehand, kept by browsers for good, sent again only where they changed."""

import gzip

import brotli
import pytest

from portal.settings import ROOT
from portal.web.static import Assets
from tests.cast import Client

OWN = ("portal.js", "form.js")
MOST = 3584


def test_own_scripts_of_the_public_pages_are_small() -> None:
    assets = Assets(ROOT / "static")
    found = [assets.get(assets.address(name).removeprefix("/static/")) for name in OWN]
    sizes = [len(brotli.compress(one.plain)) for one in found if one is not None]
    assert len(sizes) == len(OWN)
    assert sum(sizes) <= MOST, sizes


@pytest.fixture
def script(client: Client) -> str:
    assets = client.app.state.assets
    assert isinstance(assets, Assets)
    return assets.address("htmx.min.js")


async def test_file_comes_in_the_encoding_that_is_accepted(client: Client, script: str) -> None:
    plain = (await client.get(script, headers={"Accept-Encoding": "identity"})).content
    best = {"br": len(brotli.compress(plain)), "gzip": len(gzip.compress(plain)), "identity": len(plain)}
    for encoding, size in best.items():
        answer = await client.get(script, headers={"Accept-Encoding": encoding})
        assert answer.content == plain
        assert int(answer.headers["content-length"]) == size
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"


async def test_file_that_a_browser_has_is_not_sent_again(client: Client, script: str) -> None:
    first = await client.get(script)
    again = await client.get(script, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_head_tells_the_size_and_sends_nothing(client: Client, script: str) -> None:
    for path in (script, "/register"):
        page, head = await client.get(path), await client.head(path)
        assert head.status_code == 200
        assert head.content == b""
        for name in ("content-length", "etag"):
            assert head.headers[name] == page.headers[name]


async def test_file_of_another_content_is_not_found(client: Client) -> None:
    assert (await client.get("/static/htmx.min.0000000000.js")).status_code == 404
