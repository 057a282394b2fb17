"""Slows guessing down: so many tries of one thing from one place in a quarter of an hour, counted in Redis."""

import logging
from ipaddress import IPv4Address, ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
MINUTES = 15
OF_ONE_ACCOUNT = RateLimitItemPerMinute(6, MINUTES, namespace="account")
OF_STRANGERS = RateLimitItemPerMinute(10, MINUTES, namespace="strangers")
"""Tries for one account from all browsers that it does not know."""
OF_ONE_ADDRESS = RateLimitItemPerMinute(40, MINUTES, namespace="address")
"""Tries from one IP address: a whole town hall may share one."""
FORMS_OF_ONE_ADDRESS = RateLimitItemPerMinute(40, MINUTES, namespace="forms")
PICTURES_OF_ONE_ADDRESS = RateLimitItemPerMinute(120, MINUTES, namespace="pictures")
BYTES_OF_ALL = RateLimitItemPerHour(1_000_000, namespace="bytes")
"""Kilobytes of files that strangers send, those included that no case comes of: they go after a day."""
TOO_MANY_FORMS = "Оттук са изпратени твърде много формуляри. Опитайте отново след 15 минути: написаното стои"
PATIENCE = 0.3
"""Seconds: a Redis that hangs is away, and nobody's sign-in waits for it."""


def place(address: str) -> str:
    """Return what is counted as one place: of IPv6 the first 64 bits, which a household has for itself (RFC 6177)."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ip_network((int(ip) >> 64 << 64, 64)))


class Throttle:
    def __init__(self, redis_url: str) -> None:
        self._connections = ConnectionPool.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        # Its reading of addresses knows neither sockets nor default ports: the pool is asked, whatever stands here.
        storage = RedisStorage("async+redis://pool:6379", implementation="redispy", connection_pool=self._connections)  # type: ignore[arg-type]
        self._shared = SlidingWindowCounterRateLimiter(storage)
        # While Redis is away every process counts for itself: weaker, but never open.
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def allows(self, what: str, whom: str, address: str, *, anywhere: bool = False, mark: str = "") -> bool:
        """Count a try; every one counts, so that many at once can't slip through together.

        `anywhere`: tries from all addresses are counted together, for what is short enough to be guessed by many, and
        for what sends e-mails. `mark`: of a browser that has signed in as `whom` before. It is counted by itself:
        whoever guesses from elsewhere, from however many addresses, slows strangers down and never shuts it out (OWASP,
        „Slow Down Online Guessing Attacks with Device Cookies“).
        """
        if mark:
            return await self._hit(OF_ONE_ACCOUNT, what, whom, "browser", mark)
        of_account = await self._hit(OF_ONE_ACCOUNT, what, whom, "*" if anywhere else place(address))
        of_strangers = await self._hit(OF_STRANGERS, what, whom)
        return await self._hit(OF_ONE_ADDRESS, what, place(address)) and of_account and of_strangers

    async def allows_form(self, address: str) -> bool:
        """Count a form that sends an e-mail to whom it names."""
        return await self._hit(FORMS_OF_ONE_ADDRESS, place(address))

    async def allows_picture(self, address: str, size: int) -> bool:
        """Count a picture, or another file, of so many bytes."""
        if not await self._hit(PICTURES_OF_ONE_ADDRESS, place(address)):
            return False  # what is refused takes nothing of what is left for the others
        return await self._hit(BYTES_OF_ALL, "*", cost=max(size >> 10, 1))

    async def forget(self, what: str, whom: str, address: str, *, anywhere: bool = False, mark: str = "") -> None:
        """Begin anew after the right password."""
        by = ("browser", mark) if mark else ("*" if anywhere else place(address),)
        for limiter in (self._shared, self._own):
            try:
                await limiter.clear(OF_ONE_ACCOUNT, what, whom, *by)
            except (RedisError, OSError):
                log.warning("tries could not be forgotten: Redis is away")

    async def close(self) -> None:
        await self._connections.disconnect()

    async def _hit(self, limit: RateLimitItem, *what: str, cost: int = 1) -> bool:
        try:
            return await self._shared.hit(limit, *what, cost=cost)
        except (RedisError, OSError):
            return await self._own.hit(limit, *what, cost=cost)
