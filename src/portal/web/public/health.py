"""Tells monitoring whether the portal is alive, and whether everything that it needs is there."""

from litestar import Response, get
from litestar.datastructures import State

from portal import health
from portal.web.pages import Config


@get("/health/live", name="public.health.live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@get("/health/ready", name="public.health.ready")
async def ready(state: State, settings: Config) -> Response[dict[str, str]]:
    """Name each part: "ok", or what is wrong with it; 503 where one is down."""
    parts = await health.parts(state.sessions, settings)
    well = all(health.is_well(answer) for answer in parts.values())
    return Response(parts, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})
