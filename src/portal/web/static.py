"""The files of static/: read once, compressed once, named by their content, kept by browsers for good."""

import base64
import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from markupsafe import Markup

from portal import languages
from portal.languages import Language
from portal.rendering import phrases
from portal.settings import ROOT
from portal.web.pages import Request

FOREVER = "public, max-age=31536000, immutable"
INLINE = ("portal", "fields", "cases")
"""Every page has the first; forms need the second, what shows cases the third."""
TEXTS = {".css", ".js", ".svg", ".webmanifest"}


@dataclass(frozen=True, slots=True)
class Asset:
    media_type: str
    plain: bytes
    brotli: bytes | None
    gzip: bytes | None


class Assets:
    def __init__(self, folder: Path = ROOT / "static") -> None:
        self._names: dict[tuple[str, Language], str] = {}
        self._assets: dict[str, Asset] = {}
        for file in sorted(folder.iterdir()):
            for language in Language:
                content = _spoken(_lean(file), file.suffix, language)
                name = f"{file.stem}.{hashlib.sha256(content).hexdigest()[:10]}{file.suffix}"
                self._names[file.name, language] = name
                self._assets[name] = _asset(file, content)
        self.sheets = {name: _tight((folder / f"{name}.css").read_text("utf-8")) for name in INLINE}
        """They are written into the pages: one round trip less. Each is allowed by its hash."""
        self.hashes = [base64.b64encode(hashlib.sha256(css.encode()).digest()).decode() for css in self.sheets.values()]

    def address(self, name: str, language: Language = Language.BULGARIAN) -> str:
        """Return where the file is to be had; a script says its words in the language."""
        return f"/static/{self._names[name, language]}"

    def style(self, *names: str) -> Markup:
        """Write style sheets into a page, in one piece each: the policy allows every byte between two tags, or none."""
        return Markup("").join(Markup("<style>%s</style>") % Markup(self.sheets[name]) for name in names)  # noqa: S704 - our own files

    def get(self, name: str) -> Asset | None:
        return self._assets.get(name)


def _lean(file: Path) -> bytes:
    """Leave out what only the reader of our scripts needs: indentation, and comments on lines of their own."""
    content = file.read_bytes()
    return re.sub(rb"^\s*(?://.*\n\s*)*", b"", content, flags=re.MULTILINE) if file.suffix == ".js" else content


def _spoken(content: bytes, suffix: str, language: Language) -> bytes:
    known = languages.phrases(language)
    if suffix != ".js" or not known:
        return content
    return phrases.replaced(content.decode(), "js", lambda phrase: known.get(phrase, phrase)).encode()


def _tight(css: str) -> str:
    """Leave out what is there for who reads the source."""
    return re.sub(r"/\*.*?\*/|\n\s*", "", css, flags=re.DOTALL)


@cache
def _asset(file: Path, content: bytes) -> Asset:
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix not in TEXTS:
        return Asset(media_type, content, None, None)
    return Asset(f"{media_type}; charset=utf-8", content, brotli.compress(content), gzip.compress(content, mtime=0))


@get("/static/{name:str}", name="static")
async def file(request: Request, name: FromPath[str]) -> Response[bytes]:
    asset = request.app.state.assets.get(name)
    if asset is None:
        raise NotFoundException
    if name in request.headers.get("if-none-match", ""):
        return _answer(name, asset, b"", {}, status_code=304)
    accepted = request.headers.get("accept-encoding", "")
    for encoding, body in (("br", asset.brotli), ("gzip", asset.gzip)):
        if body is not None and encoding in accepted:
            return _answer(name, asset, body, {"Content-Encoding": encoding})
    return _answer(name, asset, asset.plain, {})


def _answer(
    name: str, asset: Asset, body: bytes, headers: dict[str, str], *, status_code: int = 200
) -> Response[bytes]:
    """Weakly the same in every encoding: the name is the hash of what is encoded."""
    fixed = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "ETag": f'W/"{name}"'}
    return Response(body, media_type=asset.media_type, headers={**fixed, **headers}, status_code=status_code)
