"""A letter is never lost, and doubled only in the one window that nobody can close."""

from collections.abc import Iterator

import pytest

from portal.db import Sessions
from portal.embedded import Servers
from portal.embedded import servers as start_servers
from portal.settings import Settings
from tests.conftest import migrate
from tests.faults.crash_points import MAY_DOUBLE, POINTS, Place, tried
from tests.faults.mailserver import MailServer

TRIES = 2


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Of our own: they are stopped."""
    with start_servers(tmp_path_factory.mktemp("servers")) as started:
        yield started


@pytest.fixture(scope="module")
def migrated(servers: Servers) -> str:
    return migrate(servers)


@pytest.fixture(autouse=True)
def _on_again(servers: Servers) -> Iterator[None]:
    yield
    for server in (servers.postgres, servers.redis):
        if not server.running:
            server.start()


@pytest.mark.parametrize("point", POINTS)
async def test_point(point: str, settings: Settings, sessions: Sessions, servers: Servers, mail: MailServer) -> None:
    result = await tried(point, Place(settings, sessions, servers, mail, TRIES))
    assert result.written == (0 if point == "before the commit" else TRIES)
    assert result.lost == 0
    assert result.most_copies <= (2 if point in MAY_DOUBLE else 1)
