"""The pictures of the demonstration, drawn by us: a hole, a car on a pavement, a heap of rubbish, a dark street."""

import math
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (720, 480)
"""Twelve cells of the staff's grid by eight, of 60 dots."""
PLATE = ("РВ 1234 АС", (330, 300, 450, 330))
PLATE_CELLS = [65, 66, 67]
"""The cells of the grid that lie over the plate."""
Box = tuple[float, float, float, float]


def pothole() -> bytes:
    """A hole in the asphalt, with the mended places around it."""
    street, draw = _street()
    _heap(draw, (180, 210, 560, 400), (52, 52, 54), Random(5), 40)  # noqa: S311 - a drawing
    _heap(draw, (235, 240, 505, 370), (30, 28, 27), Random(7), 30)  # noqa: S311
    draw.ellipse((300, 285, 440, 345), fill=(72, 84, 98))
    draw.arc((310, 290, 430, 335), 190, 300, fill=(150, 165, 178), width=3)
    return _jpeg(street)


def mended() -> bytes:
    """The same place, filled with new asphalt."""
    street, draw = _street()
    draw.polygon([(170, 205), (575, 200), (590, 405), (155, 410)], fill=(44, 44, 47), outline=(28, 28, 30), width=6)
    return _jpeg(street)


def car() -> bytes:
    """A car left with two wheels on the pavement; its plate can be read."""
    street, draw = _street()
    draw.rectangle((0, 0, 720, 150), fill=(186, 176, 158))
    draw.polygon([(0, 300), (720, 250), (720, 150), (0, 150)], fill=(158, 152, 146))
    draw.rounded_rectangle((210, 120, 570, 250), 40, fill=(112, 40, 38))
    draw.rounded_rectangle((245, 138, 535, 215), 22, fill=(70, 88, 100))
    draw.rounded_rectangle((180, 205, 600, 350), 26, fill=(128, 46, 42))
    for left in (205, 500):
        draw.ellipse((left, 310, left + 80, 390), fill=(24, 24, 26))
        draw.ellipse((left + 22, 332, left + 58, 368), fill=(120, 120, 124))
    text, place = PLATE
    draw.rectangle(place, fill=(240, 240, 236), outline=(20, 20, 20), width=2)
    _write(street, text, place)
    return _jpeg(street)


def rubbish() -> bytes:
    """Bags beside a full container."""
    street, draw = _street()
    draw.rectangle((60, 110, 330, 330), fill=(58, 104, 72), outline=(36, 66, 46), width=6)
    draw.polygon([(50, 110), (340, 110), (320, 80), (70, 80)], fill=(44, 82, 56))
    chance = Random(3)  # noqa: S311 - a drawing
    for n in range(14):
        left, top = chance.randrange(250, 600), chance.randrange(220, 350)
        shade = chance.choice([(38, 38, 42), (70, 74, 84), (196, 194, 188), (60, 88, 140)])
        draw.ellipse((left, top, left + 90, top + 70 + n), fill=shade, outline=(20, 20, 22), width=2)
    return _jpeg(street)


def dark_street() -> bytes:
    """One lamp of three is lit."""
    night = Image.linear_gradient("L").resize(SIZE).point([20 + value // 8 for value in range(256)])
    street = Image.merge("RGB", (night, night, night.point([min(255, value + 14) for value in range(256)])))
    draw = ImageDraw.Draw(street)
    draw.polygon([(300, 200), (420, 200), (720, 480), (0, 480)], fill=(34, 34, 38))
    for left, is_lit in ((120, False), (250, False), (560, True)):
        draw.line((left, 420, left, 110), fill=(14, 14, 16), width=8)
        draw.ellipse((left - 22, 92, left + 22, 124), fill=(250, 226, 150) if is_lit else (24, 24, 28))
    glow = Image.new("L", SIZE)
    ImageDraw.Draw(glow).ellipse((440, 60, 680, 460), fill=110)
    street.paste((250, 220, 140), mask=glow.filter(ImageFilter.BoxBlur(60)))
    return _jpeg(street)


def report() -> bytes:
    """A visit to the place, as a PDF of one page: the picture that was taken there."""
    file = BytesIO()
    Image.open(BytesIO(mended())).save(file, "PDF", resolution=100, creationDate=None, modDate=None)
    return file.getvalue()


def _street() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    grey = Image.linear_gradient("L").resize(SIZE).point([120 - value // 5 for value in range(256)])
    street = Image.merge("RGB", (grey, grey, grey))
    draw, chance = ImageDraw.Draw(street), Random(1)  # noqa: S311 - a drawing
    for _ in range(900):
        left, top, shade = chance.randrange(SIZE[0]), chance.randrange(SIZE[1]), chance.randrange(70, 130)
        draw.point((left, top), fill=(shade, shade, shade))
    draw.rectangle((0, 0, 720, 70), fill=(150, 146, 138))
    draw.line((0, 72, 720, 72), fill=(196, 194, 188), width=8)
    for left in range(20, 720, 180):
        draw.line((left, 440, left + 100, 440), fill=(214, 212, 204), width=10)
    return street, draw


def _heap(draw: ImageDraw.ImageDraw, box: Box, colour: tuple[int, int, int], chance: Random, parts: int) -> None:
    """Fill an oval with ragged edges."""
    left, top, right, bottom = box
    draw.ellipse(box, fill=colour)
    for _ in range(parts):
        turn, size = chance.uniform(0, math.tau), chance.uniform(8, 34)
        x = (left + right + (right - left) * math.cos(turn)) / 2
        y = (top + bottom + (bottom - top) * math.sin(turn)) / 2
        draw.ellipse((x - size, y - size / 2, x + size, y + size / 2), fill=colour)


def _write(picture: Image.Image, text: str, box: tuple[int, int, int, int]) -> None:
    """Letters that Cyrillic shares with Latin, as on a plate."""
    latin = text.translate(str.maketrans("РВАС", "PBAC"))
    ImageDraw.Draw(picture).text((box[0] + 10, box[1] + 4), latin, fill=(20, 20, 20), font_size=19)


def _jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()
