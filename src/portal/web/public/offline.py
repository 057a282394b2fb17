"""What lets a phone keep the portal: its manifest, and the script that knows what to show without a connection."""

import hashlib
import json

from litestar import Response, get
from litestar.response import Template

from portal.languages import _, language_choice
from portal.settings import ROOT
from portal.web.language import onward
from portal.web.pages import Config, Request, page

SCRIPT = (ROOT / "static" / "worker.js").read_text("utf-8")
ICONS = {
    "icon.svg": ("any", "image/svg+xml"),
    "icon-192.png": ("192x192", "image/png"),
    "icon-512.png": ("512x512", "image/png"),
}


@get("/offline", name="public.offline")
async def show(request: Request) -> Template:
    return page(request, "public/offline/page.html")


@get("/worker.js", name="public.worker")
async def worker(request: Request, settings: Config) -> Response[str]:
    """Another script whenever the pages that it keeps are others: browsers ask for it at every visit, and compare."""
    assets = request.app.state.assets
    made_of = f"{assets.hashes}{assets.address('form.js')}{settings.municipality}"
    script = SCRIPT.replace("VERSION", hashlib.sha256(made_of.encode()).hexdigest()[:10])
    return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@get("/manifest.webmanifest", name="public.manifest")
async def manifest(request: Request, settings: Config) -> Response[str]:
    address = request.app.state.assets.address
    ways = {"/submit/signal": "Подай сигнал", "/register": "Регистър"}
    told = {
        "name": _("{name}: сигнали").format(name=settings.municipality.name),
        "short_name": _("Сигнали"),
        "lang": language_choice().language,
        "start_url": onward("/"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#f6f7f9",
        "theme_color": "#114e76",
        "icons": [{"src": address(file), "sizes": sizes, "type": kind} for file, (sizes, kind) in ICONS.items()],
        "shortcuts": [{"name": _(name), "url": onward(path)} for path, name in ways.items()],
    }
    return Response(json.dumps(told, ensure_ascii=False), media_type="application/manifest+json")
