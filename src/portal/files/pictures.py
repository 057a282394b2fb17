"""Pictures made safe: decoded, turned upright, made smaller and drawn anew. Nothing is left but what can be seen."""

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from math import sqrt
from typing import cast

import pillow_heif
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageOps

from portal.languages import _

LARGEST_KEPT = 1 << 20
"""Bytes, about: what is kept of a picture, however large its file was."""
LARGEST = 8 << 20
"""Bytes of a file."""
MOST_PIXELS = 51_000_000
"""Unpacked at once, which takes up to half a gigabyte; WebP takes twice as much."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP", "TIFF")
AREA, SHORTER = 1600 * 1200, 600
"""Pixels of the kept picture; more where the shorter side of a panorama would be unreadable."""
SMALL_AREA, SMALL_SHORTER = 320 * 240, 120
MOST_MISSING = 0.05
"""Share of the height that may be missing in a picture that was cut on its way."""
JPEG, SCAN = b"\xff\xd8\xff", 0xDA
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
BEGINNINGS = (JPEG, b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")
BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
VIDEOS = (b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba", b"0&\xb2u", b"FLV")
LONG, SHORT = 12, 8
"""Cells of the grid in which the staff draw black boxes: along the longer side, and along the shorter."""
Image.MAX_IMAGE_PIXELS = None  # asked below, by a sentence of ours, before anything is unpacked
pillow_heif.register_heif_opener()


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
    if not content:
        raise Refused(_("е празен файл. Изберете снимката отново"))
    if len(content) > LARGEST:
        raise Refused(
            _("е над {most} MB. Направете екранна снимка на нея и изберете екранната").format(most=LARGEST >> 20)
        )
    return _written(_decoded(content))


def looks_like_one(content: bytes) -> bool:
    """Say by its first bytes whether it may be a picture that is taken."""
    return (
        content.startswith(BEGINNINGS)
        or content[8:12] == b"WEBP"
        or (content[4:8] == b"ftyp" and content[8:12] in BRANDS)
    )


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
        return _read(content)
    except Refused:
        raise
    except Exception as wrong:  # whatever a decoder stumbles over is no picture to us
        if content.startswith(JPEG) and (rest := _cut_short(content)) is not None:
            return rest
        raise Refused(_why(content, wrong)) from wrong


def _read(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        size = image.size
        wanted = _fitting(size, AREA, SHORTER)
        image.draft("RGB", wanted)  # of a JPEG no more is unpacked than is needed
        if image.format in {"JPEG", "MPO"} and _is_kept_whole(content):
            _check_size(size, size)
        _check_size(image.size, size, MOST_PIXELS // 2 if image.format == "WEBP" else MOST_PIXELS)
        deep = _in_eight_bits(image)
        deep.thumbnail(wanted)
        return _drawn_anew(ImageOps.exif_transpose(deep))


def _is_kept_whole(jpeg: bytes) -> bool:
    """Say whether libjpeg keeps all of the picture until its last byte: as it does with several scans."""
    at, components = 2, 0
    while at + 10 < len(jpeg) and jpeg[at] == JPEG[0]:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4])
        if marker in PROGRESSIVE:
            return True
        if marker == SCAN:
            return jpeg[at + 4] < components
        if marker in {0xC0, 0xC1}:
            components = jpeg[at + 9]
        at += 1 if marker == JPEG[0] else 2 + length
    return True


def _check_size(unpacked: tuple[int, int], size: tuple[int, int], most: int = MOST_PIXELS) -> None:
    if unpacked[0] * unpacked[1] > most:
        said = _("е с размери {width} × {height}, които са твърде големи. Направете екранна снимка на нея")
        raise Refused(said.format(width=size[0], height=size[1]))


def _fitting(size: tuple[int, int], area: int, shorter: int) -> tuple[int, int]:
    """Return the size it is made smaller to, if at all."""
    scale = max(sqrt(area / (size[0] * size[1])), shorter / min(size))
    scale = min(1.0, scale, sqrt(4 * area / (size[0] * size[1])))
    return max(1, int(size[0] * scale + 1e-6)), max(1, int(size[1] * scale + 1e-6))


def _cut_short(jpeg: bytes) -> Image.Image | None:
    """Return what was cut on its way with its end put back; raise Refused where too much is missing."""
    whole = jpeg + b"\xff\xd9"
    try:
        with Image.open(BytesIO(whole), formats=["JPEG"]) as small:
            small.draft("L", (400, 400))
            rows = small.convert("L")
        image = _read(whole)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - it is no picture either
        return None
    grey = rows.getpixel((rows.width - 1, rows.height - 1))
    there = ImageChops.difference(rows, Image.new("L", rows.size, grey)).getbbox()
    if there is None or 1 - there[3] / rows.height > MOST_MISSING:
        raise Refused(_("е непълна: част от нея не е стигнала. Изпратете я отново"))
    return image


def _why(content: bytes, wrong: Exception) -> str:
    if b"%PDF-" in content[:1024]:
        return _("е документ (PDF), а тук се приемат снимки. Отворете го и направете екранна снимка")
    if content[4:8] in {b"ftyp", b"moov", b"mdat"} and content[8:12] not in BRANDS:
        return _("е видео, а тук се приемат снимки. Спрете го на важното място и направете екранна снимка")
    if content.startswith(VIDEOS) or content[8:12] == b"AVI ":
        return _("е видео, а тук се приемат снимки. Спрете го на важното място и направете екранна снимка")
    if "truncated" in f"{wrong}":
        return _("е непълна: част от нея не е стигнала. Изпратете я отново")
    return _("не може да се прочете: не е снимка или е повредена. Направете екранна снимка и изберете нея")


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Return it in dots that can be made smaller; Pillow itself would cut off whatever is brighter than 255."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda dot: dot * (255 / 65535)).convert("L")
    if image.mode in {"I", "F"}:
        low, high = cast("tuple[float, float]", image.getextrema())
        scale = 255 / ((high - low) or 1)
        return image.point(lambda dot: dot * scale - low * scale).convert("L")
    if image.mode in {"P", "PA", "1"}:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.load()
    return image


def _drawn_anew(image: Image.Image) -> Image.Image:
    """Copy the dots alone, on white: places, cameras, comments and whatever else was in the file stay behind."""
    clean = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        whole = image.convert("RGBA")
        clean.paste(whole, mask=whole)
    else:
        clean.paste(image.convert("RGB"))
    return _as_screens_show(clean, image.info.get("icc_profile"))


def _as_screens_show(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Put the colours of a camera (Display P3, Adobe RGB) into those that a picture without a profile is shown in."""
    try:
        camera = ImageCms.ImageCmsProfile(BytesIO(profile)) if profile else None
        if camera and camera.profile.xcolor_space == "RGB ":
            return ImageCms.profileToProfile(image, camera, ImageCms.createProfile("sRGB")) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        pass  # a profile that can't be read changes nothing
    return image


def _written(image: Image.Image) -> Picture:
    small = image.copy()
    small.thumbnail(_fitting(small.size, SMALL_AREA, SMALL_SHORTER))
    return Picture(_jpeg(image, 85), _jpeg(small, 75), image.width, image.height)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
    return file.getvalue()
