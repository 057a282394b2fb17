"""Pictures made safe: what is taken, what is refused, and what is left of it."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms

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


def gradient(kind: str, mode: str = "RGB", **how: object) -> bytes:
    """Black above, white below."""
    file = BytesIO()
    Image.linear_gradient("L").convert(mode).save(file, kind, **how)
    return file.getvalue()


def depths(size: int, largest: int) -> Image.Image:
    """Dark on the left, as bright as may be on the right; each dot of two bytes."""
    row = b"".join((x * largest // (size - 1)).to_bytes(2, "little") for x in range(size))
    return Image.frombytes("I;16", (size, size), row * size)


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF", "BMP", "TIFF", "MPO"])
def test_taken(kind: str) -> None:
    content = gradient(kind)
    assert pictures.looks_like_one(content)
    picture = pictures.prepared(content)
    assert (picture.width, picture.height) == (256, 256)
    shown = opened(picture.content)
    assert shown.format == "JPEG"
    assert shown.convert("L").getpixel((128, 2)) < 12  # type: ignore[operator]
    assert shown.convert("L").getpixel((128, 253)) > 243  # type: ignore[operator]


@pytest.mark.parametrize(
    ("size", "kept", "small"),
    [
        ((4000, 3000), (1600, 1200), (320, 240)),
        ((3000, 4000), (1200, 1600), (240, 320)),
        ((12000, 2400), (3098, 619), (619, 124)),
        ((2400, 12000), (619, 3098), (124, 619)),
        ((16000, 2000), (4800, 600), (960, 120)),
        ((200, 15000), (200, 15000), (64, 4800)),
        ((1200, 800), (1200, 800), (339, 226)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
def test_what_is_long_stays_readable(size: tuple[int, int], kept: tuple[int, int], small: tuple[int, int]) -> None:
    picture = pictures.prepared(drawn(size=size))
    assert opened(picture.content).size == (picture.width, picture.height)
    for is_there, wanted in ((opened(picture.content).size, kept), (opened(picture.small).size, small)):
        assert is_there == pytest.approx(wanted, rel=0.02, abs=1)
    again = pictures.blackened(picture.content, [0])
    assert (again.width, again.height) == (picture.width, picture.height)


@pytest.mark.parametrize("size", [(12000, 9000), (16320, 12240), (9248, 6936)])
def test_many_megapixels_of_a_phone_are_taken(size: tuple[int, int]) -> None:
    picture = pictures.prepared(drawn(size=size, quality=20))
    assert (picture.width, picture.height) == pytest.approx((1600, 1200), abs=2)


def test_a_picture_that_libjpeg_keeps_whole_is_bounded_by_its_own_size() -> None:
    progressive = drawn(size=(9000, 6000), progressive=True)
    with pytest.raises(Refused, match="9000 × 6000"):
        pictures.prepared(progressive)
    assert pictures.prepared(drawn(size=(6000, 4000), progressive=True)).width == 1696


@pytest.mark.parametrize(
    "content",
    [
        saved(depths(256, 65535), "PNG"),
        saved(depths(256, 65535), "TIFF"),
        saved(depths(256, 60000).convert("I").rotate(0), "TIFF"),
        saved(Image.linear_gradient("L").rotate(90).convert("F"), "TIFF"),
        saved(Image.linear_gradient("L").rotate(90).convert("LA"), "PNG"),
        saved(Image.linear_gradient("L").rotate(90).convert("P"), "PNG"),
        saved(Image.linear_gradient("L").rotate(90).convert("CMYK"), "JPEG"),
    ],
    ids=["16 bits", "16 bits in TIFF", "32 bits", "float", "alpha", "palette", "CMYK"],
)
def test_depths_are_shown_as_they_are(content: bytes) -> None:
    shown = opened(pictures.prepared(content).content).convert("L")
    for x in (10, 128, 245):
        assert shown.getpixel((x, 100)) == pytest.approx(x, abs=12)


def test_colours_of_a_camera_are_those_that_a_screen_shows() -> None:
    plain = opened(pictures.prepared(drawn("PNG", colour="#4080c0")).content).getpixel((9, 9))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, lab, b"broken"):
        shown = opened(pictures.prepared(drawn("PNG", colour="#4080c0", icc_profile=profile)).content)
        assert shown.getpixel((9, 9)) == pytest.approx(plain, abs=2)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG", "TIFF"])
def test_of_what_moves_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (60, 60), "blue")]
    moving = saved(Image.new("RGB", (60, 60), "red"), kind, save_all=True, append_images=frames)
    red, _, blue = opened(pictures.prepared(moving).content).getpixel((30, 30))  # type: ignore[misc]
    assert (red > 200, blue > 200) == (True, False)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "JPEG", "WEBP"])
def test_upright_whatever_the_format(kind: str) -> None:
    turned = Image.Exif()
    turned[ORIENTATION] = 6
    picture = pictures.prepared(drawn(kind, exif=turned.tobytes()))
    assert (picture.width, picture.height) == (200, 400)


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
        (b"", "е празен файл"),
        (b"GIF89a", "не може да се прочете"),
        (HTML + drawn(), "не може да се прочете"),
        (b"%PDF-1.7\n" + drawn(), "е документ"),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", "е документ"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "не може да се прочете"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100, "не може да се прочете"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 100, "е видео"),
        (b"\x00\x00\x00\x14ftypqt  " + b"\x00" * 100, "е видео"),
        (b"\x00\x00\x00\x18ftyp3gp4" + b"\x00" * 100, "е видео"),
        (b"\x1a\x45\xdf\xa3" + b"\x00" * 100, "е видео"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "е видео"),
        (drawn("PNG", (9000, 9000)), "твърде големи"),
        (drawn("WEBP", (6000, 5000)), "твърде големи"),
        (b"\xff\xd8" * (5 << 20), "е над 8 MB"),
    ],
    ids=[
        "empty",
        "gif head",
        "html first",
        "pdf first",
        "pdf",
        "svg",
        "heic",
        "mp4",
        "mov",
        "3gp",
        "webm",
        "avi",
        "bomb",
        "webp bomb",
        "heavy",
    ],
)
def test_refused(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        pictures.prepared(content)


def noise(kind: str, **how: object) -> bytes:
    return saved(Image.effect_noise((900, 700), 90), kind, **how)


@pytest.mark.parametrize("lost", [1, 2, 40, 1000])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_photo_whose_last_bytes_were_lost_is_taken(lost: int, *, progressive: bool) -> None:
    whole = noise("JPEG", progressive=progressive)
    kept, wanted = (opened(pictures.prepared(content).content) for content in (whole[:-lost], whole))
    assert kept.size == wanted.size
    assert kept.crop((0, 0, 900, 600)).tobytes() == wanted.crop((0, 0, 900, 600)).tobytes() or progressive


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "BMP"])
def test_half_of_a_picture_is_to_be_sent_again(kind: str) -> None:
    with pytest.raises(Refused, match="непълна"):
        pictures.prepared(noise(kind)[: len(noise(kind)) // 2])


@pytest.mark.parametrize("kind", ["WEBP", "HEIF", "AVIF"])
def test_half_of_what_has_no_beginning_is_refused(kind: str) -> None:
    with pytest.raises(Refused, match="повредена"):
        pictures.prepared(noise(kind)[: len(noise(kind)) // 2])


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
