"""How long a letter waits whose worker was killed with it in hand, until another worker sends it: seconds, five times.

Run as `python -m bench.takeover [tries]`: it uses the processes and the mail server of tests/faults. Looks and leases
are those of an installation, so that it waits as long as there: a lease ends, and at the next look it is taken over.
"""

import asyncio
import statistics
import sys
import time

from tests.cast import submitted
from tests.faults import processes
from tests.faults.installation import installation, servers

from portal.embedded import Servers
from portal.jobs import EVERY
from portal.mail.outbox import LEASE


def main() -> None:
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with servers() as started:
        waited = asyncio.run(measure(started, tries))
    floor = LEASE.total_seconds()
    print(f"taken over after {statistics.median(waited):.0f} s (median), {max(waited):.0f} s (longest of {tries}); ")
    print(f"a lease is {floor:.0f} s: ratio {statistics.median(waited) / floor:.2f}, longest {max(waited) / floor:.2f}")


async def measure(started: Servers, tries: int) -> list[float]:
    waited = []
    async with installation(started) as (settings, sessions, mail):
        for number in range(tries):
            before = len(mail.letters)
            mail.hold()
            await submitted(sessions, draft=f"draft {number}", email=f"penka{number}@example.bg")
            dies = processes.begin(settings, every=EVERY, lease=LEASE)
            await mail.has(in_hand=1)
            goes_on = processes.begin(settings, every=EVERY, lease=LEASE)
            await asyncio.sleep(3 * number % EVERY)  # at some moment between two looks of the other
            dies.kill()
            await asyncio.to_thread(dies.join)
            mail.go_on()
            began = time.monotonic()
            await mail.has(before + 1, within=120)
            waited.append(time.monotonic() - began)
            goes_on.terminate()
            await asyncio.to_thread(goes_on.join)
    return waited


if __name__ == "__main__":
    main()
