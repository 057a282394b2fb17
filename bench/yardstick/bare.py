"""A bare Litestar answer of so many bytes, served as `portal serve` does: `python -m yardstick.bare PORT`."""

import sys

import uvicorn
from litestar import Litestar, MediaType, get, post
from litestar.params import FromPath

from portal.commands.serve import KEEP_ALIVE

BODY = b"<!doctype html><title>bare</title>".ljust(1_000_000, b"x")


@get("/{size:int}", media_type=MediaType.HTML)
async def page(size: FromPath[int]) -> bytes:
    return BODY[:size]


@post("/{size:int}", media_type=MediaType.HTML, status_code=200)
async def answer(size: FromPath[int]) -> bytes:
    return BODY[:size]


if __name__ == "__main__":
    uvicorn.run(
        Litestar([page, answer], openapi_config=None, logging_config=None),
        port=int(sys.argv[1]),
        timeout_keep_alive=KEEP_ALIVE,
        server_header=False,
        access_log=False,
    )
