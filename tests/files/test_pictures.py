"""Pictures made safe: what is taken, what is refused, and what is left of it."""

from io import BytesIO

import pytest
from PIL import Image

from portal.files import pictures
from portal.files.pictures import Refused

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
HTML = b"<script>alert('polyglot')</script>"


def drawn(kind: str = "JPEG", size: tuple[int, int] = (400, 200), colour: str = "red", **how: object) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **how)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def photographed() -> bytes:
    """As a telephone held upright writes it: lying, with the place, the maker and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER], exif[GPS] = 6, "Telefon", {1: "N", 2: (42.0, 0.0, 51.0)}
    return drawn(exif=exif.tobytes(), comment=b"secret", icc_profile=b"profile")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_taken(kind: str) -> None:
    picture = pictures.prepared(drawn(kind, (3200, 1000)))
    assert (picture.width, picture.height) == (1600, 500)
    assert opened(picture.content).format == "JPEG"
    assert opened(picture.content).size == (1600, 500)
    assert opened(picture.small).size == (320, 100)


def test_upright_and_without_place_maker_and_comment() -> None:
    picture = pictures.prepared(photographed())
    for content in (picture.content, picture.small):
        image = opened(content)
        assert not image.getexif()
        assert not {"comment", "icc_profile", "exif", "xmp"} & set(image.info)
    assert (picture.width, picture.height) == (200, 400)
    for left in (b"Exif", b"Telefon", b"secret"):
        assert left not in picture.content


def test_what_was_glued_to_a_picture_stays_behind() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        assert HTML not in pictures.prepared(drawn(kind) + HTML).content


def test_what_shines_through_is_white() -> None:
    file = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(pictures.prepared(file.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "не може да се прочете"),
        (b"GIF89a", "не може да се прочете"),
        (drawn("GIF"), "не може да се прочете"),
        (drawn("BMP"), "не може да се прочете"),
        (drawn("TIFF"), "не може да се прочете"),
        (HTML + drawn(), "не може да се прочете"),
        (b"%PDF-1.7\n" + drawn(), "не може да се прочете"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "не може да се прочете"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100, "HEIC"),
        (drawn("PNG", (9000, 9000)), "твърде големи"),
        (b"\xff\xd8" * (5 << 20), "е 10.0 MB, а може да е най-много 8 MB"),
    ],
    ids=["empty", "gif head", "gif", "bmp", "tiff", "html first", "pdf first", "svg", "heic", "bomb", "heavy"],
)
def test_refused(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        pictures.prepared(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_truncated_one_is_refused(kind: str) -> None:
    noise = BytesIO()
    Image.effect_noise((300, 300), 90).save(noise, kind)
    with pytest.raises(Refused, match="повредена"):
        pictures.prepared(noise.getvalue()[: len(noise.getvalue()) // 2])


@pytest.mark.parametrize("size", [(1200, 800), (801, 1203), (5, 3), (1, 1)])
def test_black_boxes_cover_their_cells_and_nothing_else(size: tuple[int, int]) -> None:
    white = pictures.prepared(drawn(size=size, colour="white")).content
    columns, rows = pictures.grid(*size)
    assert (columns, rows) == ((12, 8) if size[0] >= size[1] else (8, 12))
    image = opened(pictures.blackened(white, range(columns * rows)).content)
    assert image.convert("L").getextrema()[1] < 20  # type: ignore[operator]
    if size[0] > 100:
        corner = opened(pictures.blackened(white, [columns * rows - 1]).content).convert("L")
        assert corner.getpixel((size[0] - 2, size[1] - 2)) < 20  # type: ignore[operator]
        assert corner.getpixel((2, 2)) > 235  # type: ignore[operator]


def test_nothing_under_a_box_is_left_in_the_thumbnail() -> None:
    red = pictures.prepared(drawn(size=(1200, 800))).content
    small = opened(pictures.blackened(red, range(96)).small)
    assert small.convert("L").getextrema()[1] < 20  # type: ignore[operator]
