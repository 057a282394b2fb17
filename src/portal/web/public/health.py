"""Tells monitoring whether the portal is alive, and whether everything that it needs is there."""

from litestar import Response, get
from litestar.datastructures import State

from portal import health
from portal.web.metrics import may_see_metrics
from portal.web.pages import Config, Request


@get("/health/live", name="public.health.live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@get("/health/ready", name="public.health.ready")
async def ready(request: Request, state: State, settings: Config) -> Response[dict[str, str]]:
    """Name each part: "ok", or that it is down; 503 where one is.

    What is wrong with it is told to who has the metrics token: an exception names hosts.
    """
    parts = await health.parts(state.sessions, settings)
    well = all(health.is_well(answer) for answer in parts.values())
    if not may_see_metrics(request, settings):
        parts = {name: answer if health.is_well(answer) else "down" for name, answer in parts.items()}
    return Response(parts, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})
