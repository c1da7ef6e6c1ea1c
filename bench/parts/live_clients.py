"""Many browsers' streams in one process: it opens them and writes down when each frame came and which topics it named.

`python -m bench.parts.live_clients FILE`, where FILE holds `Order` as JSON. Says "open N" for each step of streams that are
open; a line on its standard input ends it, and the arrivals are in `Order.into`. Times are the machine's monotonic clock.
"""

import asyncio
import json
import sys
import time
from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

AT_ONCE = 32


@dataclass(frozen=True)
class Order:
    """What to open: one stream per cookie, told in these steps (e.g. after 50, then after all)."""

    port: int
    cookies: Sequence[str]
    steps: Sequence[int]
    topics: Sequence[str]
    into: str

    def write(self, file: Path) -> None:
        """Store it for the process."""
        file.write_text(json.dumps(asdict(self)))


class Stream(asyncio.Protocol):
    """One connection. `times` and `masks` run in parallel; a mask has bit n for topic n."""

    def __init__(self, request: bytes, bits: dict[bytes, int]) -> None:
        self.is_open = asyncio.get_running_loop().create_future()
        self.times, self.masks = array("d"), array("Q")
        self._request, self._bits, self._rest = request, bits, b""

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note each frame; one that is cut in two counts when it is whole."""
        now = time.monotonic()
        if not self.is_open.done():
            self.is_open.set_result(data.startswith(b"HTTP/1.1 200"))
        whole, end, self._rest = (self._rest + data).rpartition(b"\n\n")
        for frame in (whole + end).split(b"data: ")[1:]:
            line = frame.partition(b"\n")[0]
            mask = self._bits.get(line)
            if mask is None:
                mask = self._bits[line] = sum(self._bits.get(topic, 0) for topic in line.split(b" "))
            self.times.append(now)
            self.masks.append(mask)

    def connection_lost(self, error: Exception | None) -> None:
        """Fail loudly: no stream may end while it is measured."""
        del error
        if not self.is_open.done():
            self.is_open.set_result(False)
        self.times.append(float("nan"))
        self.masks.append(0)


async def main(order: Order) -> None:
    """Open the streams, wait for the end, store what came."""
    loop = asyncio.get_running_loop()
    bits = {topic.encode(): 1 << number for number, topic in enumerate(order.topics)}
    gate, streams = asyncio.Semaphore(AT_ONCE), list[Stream]()

    async def open_one(cookie: str) -> None:
        request = f"GET /live/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
        async with gate:
            _, stream = await loop.create_connection(lambda: Stream(request.encode(), bits), "127.0.0.1", order.port)
            assert await stream.is_open, "a stream was refused"
            streams.append(stream)

    opened = 0
    for step in order.steps:
        await asyncio.gather(*(open_one(cookie) for cookie in order.cookies[opened:step]))
        opened = step
        print("open", step, flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
    np.savez(
        order.into,
        lengths=np.array([len(stream.times) for stream in streams]),
        times=np.concatenate([np.frombuffer(stream.times) for stream in streams if stream.times]),
        masks=np.concatenate([np.frombuffer(stream.masks, np.uint64) for stream in streams if stream.times]),
    )


if __name__ == "__main__":
    uvloop.run(main(Order(**json.loads(Path(sys.argv[1]).read_text()))))
