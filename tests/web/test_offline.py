"""What lets a phone keep the portal: the manifest with its icons, and the worker's script."""

import struct

from tests.cast import Client


async def test_manifest_leads_to_what_it_names(client: Client) -> None:
    told = (await client.get("/manifest.webmanifest")).json()
    assert told["name"] == "Община Станимака: сигнали"
    for one in (told["start_url"], *(shortcut["url"] for shortcut in told["shortcuts"])):
        assert (await client.get(one)).status_code == 200
        assert one.startswith(told["scope"])
    for icon in told["icons"]:
        answer = await client.get(icon["src"])
        assert answer.headers["content-type"].startswith(icon["type"])
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", answer.content[16:24])
            assert f"{width}x{height}" == icon["sizes"]
    assert {icon["sizes"] for icon in told["icons"]} >= {"192x192", "512x512"}, "what Android asks for"


async def test_worker_is_asked_for_anew_and_names_its_version(client: Client) -> None:
    answer = await client.get("/worker.js")
    assert answer.headers["cache-control"] == "no-cache"
    assert "VERSION" not in answer.text
    assert (await client.get("/worker.js")).text == answer.text
