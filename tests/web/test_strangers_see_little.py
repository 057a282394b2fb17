"""What strangers, old browsers and search engines get to see: no more than they must."""

from dataclasses import replace

import pytest

from portal.publishing.texts import html
from portal.settings import Settings, SettingsError, from_environment
from tests.cast import Client
from tests.test_settings import GIVEN
from tests.web.test_crowds import town


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": "http://evil.example/"},
        {"Referer": "http://testserver.local.evil.example/"},
        {"Referer": "http://["},
        {"Origin": "http://evil.example", "Referer": "http://testserver.local/"},
    ],
)
async def test_form_of_another_site_is_refused_from_the_oldest_browsers_too(
    client: Client, headers: dict[str, str]
) -> None:
    assert (await client.post("/track", data={}, headers=headers)).status_code == 403
    assert (
        await client.post("/track", data={}, headers={"Referer": "http://testserver.local/track"})
    ).status_code == 422


async def test_pages_behind_a_link_are_found_by_no_search_engine(client: Client) -> None:
    for path in ("/track", "/staff/sign-in"):
        assert (await client.get(path)).headers["X-Robots-Tag"] == "noindex", path
    assert "X-Robots-Tag" not in (await client.get("/register")).headers


@pytest.mark.parametrize("address", ["//evil.example", "javascript:x", "data:x"])
def test_text_of_the_portal_leads_nowhere_unseen(settings: Settings, address: str) -> None:
    assert "href" not in html(f"[тук]({address})", settings.municipality)


@pytest.mark.parametrize("address", ["http://signali.example.bg", "http://192.0.2.1", "http://localhost.example.bg"])
def test_portal_is_served_over_https(address: str) -> None:
    with pytest.raises(SettingsError, match="https"):
        from_environment({**GIVEN, "PORTAL_BASE_URL": address})


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_on_ones_own_machine_it_may_be_http(address: str) -> None:
    assert from_environment({**GIVEN, "PORTAL_BASE_URL": address}).base_url == address


async def test_readiness_tells_strangers_no_more_than_that_it_is_down(settings: Settings) -> None:
    token = "a token of the metrics"
    away = replace(settings, redis_url="redis://nowhere.example:1", metrics_token=token)
    async with town(away) as web:
        answer = await web.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["redis"] == "down"
        told = await web.get("/health/ready", headers={"Authorization": f"Bearer {token}"})
        assert "nowhere" in told.json()["redis"] or "Error" in told.json()["redis"]
