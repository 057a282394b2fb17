"""The table of the crash points: each so many times (100, or the first argument), how many letters lost, doubled.

Run as `python -m bench.crash_points [tries [point …]]`: it uses the processes and the mail server of tests/faults.
"""

import asyncio
import sys
import time

from tests.faults.crash_points import POINTS, Place, Result, tried
from tests.faults.installation import installation, servers

from portal.embedded import Servers


def main() -> None:
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"{'':42} {'tries':>5} {'written':>7} {'lost':>5} {'doubled':>7} {'most copies':>11} {'seconds':>8}")
    for point in [one for one in POINTS if not sys.argv[2:] or one in sys.argv[2:]]:
        with servers() as started:
            began = time.monotonic()
            found = asyncio.run(measure(point, started, tries))
        figures = f"{found.written:7} {found.lost:5} {found.doubled:7} {found.most_copies:11}"
        print(f"{point:42} {tries:5} {figures} {time.monotonic() - began:8.0f}", flush=True)


async def measure(point: str, started: Servers, tries: int) -> Result:
    async with installation(started) as (settings, sessions, mail):
        return await tried(point, Place(settings, sessions, started, mail, tries))


if __name__ == "__main__":
    main()
