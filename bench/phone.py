"""Our pages on a cheap phone in a bad network: requests, bytes, first paint, loaded; a key typed; the way of a case.

usage: bench/phone.py [ROUNDS]      times each page is opened anew (1; of more, the medians)
Chromium, 360 x 640, CPU four times slower, nothing in its cache; TLS 1.3 and HTTP/2 through bench/link. Beside each
time stands how many times it is that of a bare „hello“ as heavy as the page itself: the same link in the same run.
Bytes: of the answers with their headers, as the browser counts them; of the link, TLS and its certificate in them.
"""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import lab
from front import Front, confirmation_link, front
from link import Link
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

NETWORKS = (("slow 3G", 400e3, 0.4), ("2G", 280e3, 0.8), ("GPRS", 50e3, 0.5))
PHONE: ViewportSize = {"width": 360, "height": 640}
SLOWER = 4
TYPED = ("дупка", "лампа", "куче")
WRITTEN = {
    "text": "Пред номер 7 има дупка, дълбока колкото кофа. Вчера в нея падна дете с колело.",
    "title": "Дупка на ул. Речна",
    "place": "ул. Речна 5",
    "name": "Пенка Стоянова",
    "phone": "0888 123 456",
    "email": "penka@example.bg",
}
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
ANSWERED = """(words) => new Promise((done) => {
    const field = document.getElementById("q");
    let typed = 0;
    field.addEventListener("input", () => { typed = performance.now(); });
    new MutationObserver((_, watch) => {
        if (!document.querySelector(".found")?.textContent.includes(words)) return;
        watch.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - typed)));
    }).observe(document.querySelector("main"), { childList: true, subtree: true });
    window.watching = words;
})"""


@dataclass
class Opened:
    """Seconds, and bytes."""

    painted: float
    loaded: float
    requests: int
    page: int
    answers: int
    link: int


@asynccontextmanager
async def window(browser: Browser, port: int, **options: Any) -> AsyncIterator[tuple[Page, list[int]]]:
    """Yield a window that knows nothing yet, and the bytes of each answer that it gets."""
    context = await browser.new_context(base_url=f"https://127.0.0.1:{port}", viewport=PHONE, locale="bg-BG", **options)
    page = await context.new_page()
    told = await context.new_cdp_session(page)
    await told.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await told.send("Network.enable")
    sizes: list[int] = []
    told.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    yield page, sizes
    await context.close()


async def opened(browser: Browser, link: Link, port: int, path: str, **options: Any) -> Opened:
    async with link.to(port) as near, window(browser, near, **options) as (page, sizes):
        link.down = 0
        await page.goto(path, wait_until="load")
        down = link.down
        await asyncio.sleep(0.1)  # the browser tells of the last answer a little later
        at_load = list(sizes)
        # A page may be whole before it is on the screen; without JavaScript it can't tell us when.
        while (painted := await page.evaluate(PAINTED)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        loaded = await page.evaluate(LOADED)
    return Opened(painted / 1e3, loaded / 1e3, len(at_load), at_load[0], sum(at_load), down)


async def median_of(rounds: int, browser: Browser, link: Link, port: int, path: str, **options: Any) -> Opened:
    found = [await opened(browser, link, port, path, **options) for _ in range(rounds)]
    return Opened(
        *(median(one.__dict__[field] for one in found) for field in ("painted", "loaded")),
        *(int(median(one.__dict__[field] for one in found)) for field in ("requests", "page", "answers", "link")),
    )


async def row(browser: Browser, port: int, path: str, rounds: int, options: dict[str, Any]) -> str:
    told = ""
    for network in NETWORKS:
        link = Link(*network)
        page = await median_of(rounds, browser, link, port, path, **options)
        bare = await median_of(rounds, browser, link, port, f"/bare?size={page.page}")
        if not told:
            told = f"{page.requests:3}{page.answers / 1e3:9.1f}{page.link / 1e3:9.1f}  "
        for ours, least in ((page.painted, bare.painted), (page.loaded, bare.loaded)):
            told += f"{ours:7.2f} ({ours / least:4.2f})"
    return told


async def keys(browser: Browser, link: Link, port: int) -> tuple[float, int]:
    """Return the seconds from a word's last key to its results on the screen, over a warm connection; and the bytes."""
    times, bytes_ = [], []
    async with link.to(port) as near, window(browser, near) as (page, _):
        await page.goto("/register", wait_until="load")
        await asyncio.sleep(2)  # what comes after the page is there, the service worker too
        for words in TYPED:
            link.down = 0
            answered = asyncio.create_task(page.evaluate(ANSWERED, words))
            await page.wait_for_function("words => window.watching === words", arg=words)
            await page.fill("#q", words[:-1])
            await page.locator("#q").press("End")
            await page.keyboard.type(words[-1])
            times.append(await answered)
            bytes_.append(link.down)
    return median(times) / 1e3, int(median(bytes_))


async def journey(browser: Browser, at: Front, port: int, link: Link) -> dict[str, int]:
    """Walk from the form to the case in one window that is empty at first; return the bytes of each step's answers."""
    steps: dict[str, int] = {}
    link.down = 0
    async with link.to(port) as near, window(browser, near) as (page, sizes):

        async def step(name: str) -> None:
            await page.wait_for_load_state("networkidle")
            steps[name] = sum(sizes)
            sizes.clear()

        await page.goto("/submit/signal")
        await step("form")
        for field, words in WRITTEN.items():
            await page.fill(f"#{field}", words)
        await asyncio.sleep(2)  # the typing has stopped long enough to be asked about
        await step("similar ones, as typed")
        await page.locator("#send").click()
        await page.wait_for_url("**/submit/sent/*")
        await step("sent")
        await page.goto(await confirmation_link(at.settings))
        await step("confirm")
        await page.get_by_role("button", name="Потвърждавам").click()
        await page.wait_for_url("**/track/*")
        await step("receipt")
        await page.locator("main a[href*='/register/']").first.click()
        await page.wait_for_url("**/register/*/*")
        await step("case")
    return steps


async def measure(browser: Browser, at: Front, rounds: int) -> None:
    warm = Link("none", 0, 0)
    pages: dict[str, tuple[str, dict[str, Any]]] = {name: (path, {}) for name, path in at.pages.items()}
    pages["register, no JavaScript"] = (at.pages["register"], {"java_script_enabled": False})
    for path, options in pages.values():  # the first visitor finds the application cold
        await opened(browser, warm, at.port, path, **options)
    print(f"{'':24} requests, kB, of link" + "".join(f"{name:^28}" for name, *_ in NETWORKS))
    print(f"{'':47}" + f"{'painted':>14}{'loaded':>14}" * len(NETWORKS))
    for name, (path, options) in pages.items():
        print(f"{name:24}{await row(browser, at.port, path, rounds, options)}", flush=True)
    for network in NETWORKS:
        link = Link(*network)
        seconds, size = await keys(browser, link, at.port)
        print(f"a key to its results, {link.name}: {seconds:.2f} s, {size} B")
    steps = await journey(browser, at, at.port, warm)
    told = ", ".join(f"{name} {size}" for name, size in steps.items())
    print(f"from the form to the case: {sum(steps.values())} B ({told}), {warm.down} of the link")


async def main(at: Front, rounds: int) -> None:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    async with async_playwright() as playwright:
        args = ["--ignore-certificate-errors", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=found, args=args)
        await measure(browser, at, rounds)
        await browser.close()


if __name__ == "__main__":
    with lab.servers() as started, front(started) as there:
        asyncio.run(main(there, int(sys.argv[1]) if len(sys.argv) > 1 else 1))
