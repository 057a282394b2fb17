"""What differs between installations: each setting missing, each wrong, and the municipality's file."""

from pathlib import Path

import pytest

from portal import demo
from portal.settings import ROOT, SettingsError, Smtp, from_environment, municipality_from, smtp_from_url

GIVEN = {
    "PORTAL_DATABASE_URL": "postgresql://portal@localhost/portal",
    "PORTAL_REDIS_URL": "redis://localhost",
    "PORTAL_SMTP_URL": "smtp://localhost",
    "PORTAL_SECRET": "x" * 32,
    "PORTAL_BASE_URL": "https://signali.example.bg/",
    "PORTAL_MAIL_FROM": "portal@example.bg",
    "PORTAL_MUNICIPALITY": str(demo.HERE / "municipality.toml"),
    "PORTAL_UPLOADS": str(demo.HERE),
}


DKIM = {"PORTAL_DKIM_KEY": str(ROOT / "tests/data/dkim.pem"), "PORTAL_DKIM_SELECTOR": "portal"}


def test_signature_is_of_the_domain_that_letters_come_from() -> None:
    dkim = from_environment(GIVEN | DKIM).dkim
    assert dkim is not None
    assert (dkim.domain, dkim.selector) == ("example.bg", "portal")
    assert "PRIVATE KEY" not in repr(dkim)
    assert from_environment(GIVEN).dkim is None


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"PORTAL_DKIM_KEY": ""}, "together"),
        ({"PORTAL_DKIM_SELECTOR": ""}, "together"),
        ({"PORTAL_DKIM_SELECTOR": "a b"}, "PORTAL_DKIM_SELECTOR"),
        ({"PORTAL_DKIM_KEY": "/nowhere.pem"}, "PORTAL_DKIM_KEY"),
        ({"PORTAL_DKIM_KEY": str(ROOT / "tests/data/dkim.txt")}, "PORTAL_DKIM_KEY"),
        ({"PORTAL_DKIM_KEY": str(ROOT / "README.md")}, "PORTAL_DKIM_KEY"),
    ],
)
def test_wrong_signature_is_named(changed: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        from_environment(GIVEN | DKIM | changed)


def test_mail_comes_in_where_it_is_told() -> None:
    assert from_environment(GIVEN).mail_incoming is None
    told = {"PORTAL_MAIL_INCOMING": "Portal+{}@Signali.example.bg"}
    assert from_environment(GIVEN | told).mail_incoming == "portal+{}@signali.example.bg"


@pytest.mark.parametrize(
    "pattern",
    ["portal@example.bg", "{}", "portal@{}.bg", "a{}b{}@example.bg", "портал+{}@example.bg", "{0}@example.bg",
     "p" * 40 + "{}@example.bg", "a{}{x}@example.bg", "{}}@example.bg", "{}@nowhere"],
)  # fmt: skip
def test_wrong_pattern_is_named(pattern: str) -> None:
    with pytest.raises(SettingsError, match="PORTAL_MAIL_INCOMING"):
        from_environment(GIVEN | {"PORTAL_MAIL_INCOMING": pattern})


def test_all_given() -> None:
    settings = from_environment(GIVEN)
    assert settings.base_url == "https://signali.example.bg"
    assert settings.is_https
    assert settings.municipality.days == 14
    assert GIVEN["PORTAL_SECRET"] not in repr(settings)


@pytest.mark.parametrize("name", GIVEN)
def test_missing_one_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is missing"):
        from_environment({**GIVEN, name: " "})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x/y"), ("REDIS_URL", "localhost"), ("SMTP_URL", "http://x"), ("SECRET", "short"),
        ("MAIL_FROM", "нищо"), ("BASE_URL", "https://"),
        ("BASE_URL", "example.bg"), ("BASE_URL", "https://x:port"), ("MUNICIPALITY", "/nowhere.toml"),
        ("UPLOADS", "/nowhere"),
    ],
)  # fmt: skip
def test_wrong_one_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"PORTAL_{name}"):
        from_environment({**GIVEN, f"PORTAL_{name}": value})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "Invalid value"),
        ('name = "x"', "missing required field"),
        ('colour = "red"', "unknown field"),
        (
            'name="x"\nemail="x"\nphone="x"\naddress="x"\ntopics=[{code="a",name="a",department="b"}]',
            "no known department",
        ),
    ],
)
def test_municipality_says_what_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "municipality.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=why):
        municipality_from(file)


def test_mail_server() -> None:
    assert smtp_from_url("smtp://u:p@mail:587?starttls=1") == Smtp("mail", 587, "u", "p", starttls=True)
    assert smtp_from_url("smtp://u%40x.bg:p%40ss@mail").username == "u@x.bg"
    assert smtp_from_url("smtps://mail") == Smtp("mail", 465, tls=True)
