"""`make screenshots`: a picture of every page into docs/pages, as a phone shows the demonstration; two for the README.

A page is shot to the length of four screens of 360 px; a form that opens in the midst of one, as it opens.
"""

import asyncio
import math
import re
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.async_api import Page, ViewportSize, async_playwright

from portal import clock, demo, embedded, heartbeat, migrations
from portal.app import create_app
from portal.cases import deadlines, numbers
from portal.commands import import_
from portal.db import Sessions, connect, transaction
from portal.demo import filling, shift
from portal.demo.mailbox import mailbox
from portal.embedded import mailcatcher
from portal.jobs import Work
from portal.settings import ROOT, Settings
from tests.browser.walk import Words, every_page
from tests.browser.window import PHONE
from tests.cast import PENKA, Post

DOCS = ROOT / "docs"
PAGES = DOCS / "pages"
LONGEST = 4 * PHONE["height"]
COLOURS = 24
COVERS: dict[str, ViewportSize] = {
    "register": {"width": 360, "height": 740},
    "staff case": {"width": 1100, "height": 860},
}
"""What the README shows, and the window it is seen through."""
ALBUM = """# Every page on a phone

360 px wide, with the demonstration's cases; `make screenshots` makes them anew. In the order of a walk
from the first visit to the desk; `pages/register-dark.png` and `pages/form-dark.png` are the same in the dark.

"""
IN_THE_DARK = ("register", "form")
TWICE = ("no such answer x", "results for a slip", "found", "filtered worklist", "worklist", "not done, with errors",
         "staff case/publication with errors")  # fmt: skip
"""Pages that look much like another one."""
REPLY = "Дупката е запълнена с асфалт. На ул. Речна предстои основен ремонт през пролетта."
WORDS = Words(
    title=PENKA["title"],
    text=PENKA["text"],
    place=PENKA["place"],
    name=PENKA["name"],
    wrong_phone="0888 12",
    wrong_email="penka",
    of_department="Изпратена е бригада за оглед.",
    file="ogled.pdf",
    reason="Чака се доставка на асфалт.",
    public_text="Дупката пред номер 5 е станала кратер.",
    reply=REPLY,
    slip="дупкдта",
    number="С-0025/18.03.2020",
    never_written="хеликоптер",
    operator="Мария Иванова",
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        data.chmod(0o755)  # the servers may run as somebody else
        with embedded.servers(data / "portal") as servers:
            migrations.upgrade(servers.database_url)
            asyncio.run(shoot(data, servers))


async def shoot(data: Path, servers: embedded.Servers) -> None:
    urls = {"database_url": servers.database_url, "redis_url": servers.redis_url}
    async with mailcatcher.catch(data / "mail") as catcher:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            settings = demo.settings(data, port=listener.getsockname()[1], smtp_url=catcher.url, **urls)
            sessions = connect(settings.database_url)
            await demo.people(sessions, settings)
            await _leave_numbers(sessions)
            async with _web(settings, listener, data / "mail"), _window(settings.base_url) as page:
                await walk(page, sessions, Post(Work(settings, sessions), data / "mail"))
            await sessions.kw["bind"].dispose()


@asynccontextmanager
async def _web(settings: Settings, listener: socket.socket, mail: Path) -> AsyncIterator[None]:
    web = uvicorn.Server(uvicorn.Config(create_app(settings, mailbox(mail)), log_config=None, access_log=False))
    serving = asyncio.create_task(web.serve([listener]))
    while not web.started:  # noqa: ASYNC110 - uvicorn tells it to nobody
        await asyncio.sleep(0.01)
    yield
    web.should_exit = True
    await serving


@asynccontextmanager
async def _window(base_url: str) -> AsyncIterator[Page]:
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=next(filter(None, found), None))
        yield await browser.new_page(base_url=base_url, viewport=PHONE, color_scheme="light", locale="bg-BG")
        await browser.close()


async def walk(page: Page, sessions: Sessions, post: Post) -> None:
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir()
    shown: list[str] = []
    async for name in every_page(page, sessions, post, WORDS):
        if name == "confirmed before":  # the first visitors of an empty portal have seen theirs
            await _fill(sessions, post.work.settings.municipality.days)
        if name == "sign-in":
            await _be_alive(sessions)
        if name in TWICE:
            continue
        await _keep(page, PAGES / f"{_file(name)}.png", whole="/" not in name)
        if name in IN_THE_DARK:
            await page.emulate_media(color_scheme="dark")
            await _keep(page, PAGES / f"{_file(name)}-dark.png", whole=True)
            await page.emulate_media(color_scheme="light")
        if name in COVERS:
            await page.set_viewport_size(COVERS[name])
            await _keep(page, DOCS / f"{'desk' if name == 'staff case' else name}.png", whole=False)
            await page.set_viewport_size(PHONE)
        shown.append(name)
    (DOCS / "album.md").write_text(ALBUM + "\n".join(map(_in_album, shown)) + "\n", "utf-8")


def _in_album(name: str) -> str:
    return f'<img src="pages/{_file(name)}.png" width="240" alt="{name}" title="{name}">'


async def _leave_numbers(sessions: Sessions) -> None:
    """Let the first visitors' cases be numbered after those of the register that comes in later."""
    async with transaction(sessions) as db:
        await numbers.at_least(db, clock.today().year, len(filling.records()))


async def _fill(sessions: Sessions, days: int) -> None:
    """As of today; without the stories, which would have most pages say other things than the walk does."""
    async with transaction(sessions) as db:
        calendar = await deadlines.calendar(db)
    register = shift.moved(filling.records(), clock.today(), days, calendar)
    await import_.add(sessions, register, quiet=True)


async def _be_alive(sessions: Sessions) -> None:
    """Beat for the worker that we do without: the desk warns of a dead one."""
    async with transaction(sessions) as db:
        await heartbeat.beat(db, heartbeat.WORKER, at=clock.now())


def _file(name: str) -> str:
    return re.sub(r"\W+", "-", name)


async def _keep(page: Page, file: Path, *, whole: bool) -> None:
    shot = Image.open(BytesIO(await page.screenshot(full_page=whole, animations="disabled"))).convert("RGB")
    _few_colours(shot.crop((0, 0, shot.width, min(shot.height, LONGEST)))).save(file, optimize=True)


def _few_colours(shot: Image.Image) -> Image.Image:
    """Leave the most frequent colours exactly as they are: Pillow's own ways make the page's background another one."""
    dots = list(zip(*[iter(shot.tobytes())] * 3, strict=True))
    found = [colour for colour, _ in Counter(dots).most_common()]
    kept = found[:COLOURS]
    nearest = {colour: min(range(len(kept)), key=lambda n: math.dist(kept[n], colour)) for colour in found}
    few = Image.frombytes("P", shot.size, bytes(nearest[dot] for dot in dots))
    few.putpalette([part for colour in kept for part in colour])
    return few


if __name__ == "__main__":
    main()
