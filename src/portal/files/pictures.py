"""Pictures made safe: decoded, turned upright, made smaller and drawn anew. Nothing is left but what can be seen."""

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from portal.languages import _

LARGEST = 8 << 20
"""Bytes of a file."""
MOST_PIXELS = 51_000_000
"""As phones have them; more would take the machine's memory once it is unpacked."""
FORMATS = ("JPEG", "PNG", "WEBP")
SIDE, SMALL_SIDE = 1600, 320
LONG, SHORT = 12, 8
"""Cells of the grid in which the staff draw black boxes: along the longer side, and along the shorter."""
Image.MAX_IMAGE_PIXELS = None  # asked below, by a sentence of ours, before anything is unpacked


class Refused(ValueError):  # noqa: N818 - reads as what it says
    """Why it is not taken, in words that follow the name of the file."""


@dataclass(frozen=True)
class Picture:
    content: bytes
    small: bytes
    width: int
    height: int


def prepared(content: bytes) -> Picture:
    """Return the picture as it is kept. Raise Refused."""
    if len(content) > LARGEST:
        said = _("е {size:.1f} MB, а може да е най-много {most} MB")
        raise Refused(said.format(size=len(content) / (1 << 20), most=LARGEST >> 20))
    if content[4:8] == b"ftyp":
        raise Refused(_("е във формат HEIC, който не се приема. Изберете JPEG, PNG или WebP"))
    return _written(_decoded(content))


def looks_like_one(content: bytes) -> bool:
    """Say by its first bytes whether it may be a picture that is taken."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG")) or content[8:12] == b"WEBP"


def grid(width: int, height: int) -> tuple[int, int]:
    """Return how many columns and rows the grid over a picture has."""
    return (LONG, SHORT) if width >= height else (SHORT, LONG)


def blackened(content: bytes, cells: Collection[int]) -> Picture:
    """Return the picture with the cells of the grid black, counted row by row; what was under them is nowhere in it."""
    image = _decoded(content)
    columns, rows = grid(*image.size)
    draw = ImageDraw.Draw(image)
    for cell in cells:
        row, column = divmod(cell, columns)
        left, right = column * image.width // columns, -(-(column + 1) * image.width // columns)
        top, bottom = row * image.height // rows, -(-(row + 1) * image.height // rows)
        draw.rectangle((left, top, right, bottom), fill="black")
    return _written(image)


def _decoded(content: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _check_size(image)
            image.draft("RGB", (SIDE, SIDE))  # of a JPEG no more is unpacked than is needed
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE, SIDE))
            return _drawn_anew(upright)
    except Refused:
        raise
    except Exception as wrong:  # whatever a decoder stumbles over is no picture to us
        raise Refused(_("не може да се прочете: не е снимка във формат JPEG, PNG или WebP, или е повредена")) from wrong


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        said = _("е с размери {width} × {height}, които са твърде големи")
        raise Refused(said.format(width=image.width, height=image.height))


def _drawn_anew(image: Image.Image) -> Image.Image:
    """Copy the dots alone, on white: places, cameras, comments and whatever else was in the file stay behind."""
    clean = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        clean.paste(whole, mask=whole)
    else:
        clean.paste(image.convert("RGB"))
    return clean


def _written(image: Image.Image) -> Picture:
    small = image.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE))
    return Picture(_jpeg(image, 85), _jpeg(small, 75), image.width, image.height)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()
