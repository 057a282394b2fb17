"""The colours of both themes: what axe measures on text, and the edges, rings and marks that it does not (1.4.11)."""

import re

import pytest

from portal.settings import ROOT

CSS = (ROOT / "static" / "portal.css").read_text("utf-8")
SURFACES = ("bg", "surface")
TEXTS = {
    "ink": (*SURFACES, "mark"), "muted": SURFACES, "link": (*SURFACES, "info-bg"), "visited": SURFACES,
    "on-brand": ("brand", "brand-strong"), "ok": ("ok-bg",), "warn": ("warn-bg",), "bad": ("bad-bg", *SURFACES),
    "info": ("info-bg",), "neu": ("neu-bg",),
}  # fmt: skip
EDGES = {"field": SURFACES, "brand": SURFACES, "ok": SURFACES, "warn": SURFACES, "info": SURFACES}


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", css))


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG 2 counts it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


LIGHT = tokens(CSS[: CSS.index("@media")])
DARK = {**LIGHT, **tokens(CSS[CSS.index("@media") : CSS.index("/* 2.")])}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_are_told_apart(theme: dict[str, str]) -> None:
    for wanted, pairs in ((4.5, TEXTS), (3, EDGES)):
        for colour, grounds in pairs.items():
            for ground in grounds:
                found = contrast(theme[colour], theme[ground])
                assert found >= wanted, f"--{colour} on --{ground}: {found:.2f}"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_focus_is_seen_on_every_ground(theme: dict[str, str]) -> None:
    """The ring or the halo around it stands out from whatever lies under them."""
    assert contrast(theme["ring"], theme["halo"]) >= 3
    for ground in ("bg", "surface", "brand", "info-bg", "ok-bg", "warn-bg"):
        assert max(contrast(theme[one], theme[ground]) for one in ("ring", "halo")) >= 3, ground
