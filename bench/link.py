"""A slow link in user space: what goes through it takes as long as over a mobile network.

All connections share the rate, each direction has its own. A connection begins a round trip after it is asked for, and
what the server sends is let through as TCP would: ten segments at first, twice as many with each round trip.
Nothing is lost on the way, no name is looked up. (tc netem would need a module of the kernel and root.)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from math import ceil

SEGMENT, HEADERS = 1460, 40
FIRST_WINDOW = 10 * SEGMENT


@dataclass
class Link:
    """`rate` in bits a second, `rtt` in seconds; both 0 let everything through at once."""

    name: str
    rate: float
    rtt: float
    down: int = 0
    """Bytes that the phone has got: TLS and the headers of HTTP in them, those of TCP/IP not."""
    _free: dict[str, float] = field(default_factory=lambda: {"up": 0.0, "down": 0.0})

    def sent(self, way: str, size: int) -> float:
        """Take the link for so many bytes; return when the last of them has left."""
        now = asyncio.get_running_loop().time()
        wire = size + HEADERS * ceil(size / SEGMENT)
        self._free[way] = max(now, self._free[way]) + (wire * 8 / self.rate if self.rate else 0)
        return self._free[way]

    @asynccontextmanager
    async def to(self, port: int) -> AsyncIterator[int]:
        """Relay to `port` of this machine; yield the port at which the far end of the link is found."""
        server = await asyncio.start_server(lambda *phone: self._connect(port, *phone), "127.0.0.1", 0)
        yield server.sockets[0].getsockname()[1]
        server.close()

    async def _connect(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.rtt)  # SYN and its answer
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(ConnectionError):
            await asyncio.gather(_Flow(self, "up").run(reader, far_writer), _Flow(self, "down").run(far_reader, writer))


@dataclass
class _Flow:
    """One direction of one connection."""

    link: Link
    way: str
    window: float = FIRST_WINDOW
    unacknowledged: int = 0
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(self._deliver(arriving, writer))
        data = b"begun"
        while data:
            while self.unacknowledged >= self.window:
                self.acknowledged.clear()
                await self.acknowledged.wait()
            try:
                data = await reader.read(SEGMENT)
            except ConnectionError:
                data = b""
            left = self.link.sent(self.way, len(data))
            self.unacknowledged += len(data)
            asyncio.get_running_loop().call_at(left + self.link.rtt, self._acknowledge, len(data))
            await arriving.put((left + self.link.rtt / 2, data))
        await delivering

    def _acknowledge(self, size: int) -> None:
        self.unacknowledged -= size
        self.window += size
        self.acknowledged.set()

    async def _deliver(self, arriving: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        data = b"begun"
        while data:
            at, data = await arriving.get()
            await asyncio.sleep(at - asyncio.get_running_loop().time())
            if self.way == "down":
                self.link.down += len(data)
            if not writer.is_closing():
                with suppress(ConnectionError):
                    writer.write(data)
                    await writer.drain()
        writer.close()
