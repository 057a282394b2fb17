"""/metrics for Prometheus, behind PORTAL_METRICS_TOKEN: what was asked of us, and how the e-mails stand."""

import hmac
import os
from collections.abc import Iterator
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal import clock
from portal.db import transaction
from portal.mail import watch
from portal.mail.watch import Watch
from portal.settings import Settings
from portal.web.pages import Config, Request

REQUESTS = Counter(
    "portal_http_requests", "Answers, by route and status.", ["method", "route", "status"], registry=CollectorRegistry()
)
METHODS = {"GET", "HEAD", "POST"}


def count(scope: Any, status: int) -> None:
    """Count by the route's pattern: neither numbers of cases nor tokens, nor what strangers try, become labels."""
    route = scope.get("path_template") or "none"
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(method, "none" if status == 404 else route, status).inc()  # noqa: PLR2004


def may_see_metrics(request: Request, settings: Settings) -> bool:
    wanted, given = settings.metrics_token, request.headers.get("authorization", "")
    return bool(wanted) and hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())


@get("/metrics", name="public.metrics")
async def show(request: Request, settings: Config, state: State) -> Response[bytes]:
    """Answers 404 without the token, and where no token is set."""
    if not may_see_metrics(request, settings):
        raise NotFoundException
    now = clock.now()
    async with transaction(state.sessions) as db:
        seen, states = await watch.look(db, at=now), await watch.by_state(db)
    registry = CollectorRegistry()
    registry.register(Emails(seen, states))
    body = generate_latest(registry) + generate_latest(_requests())
    return Response(body, headers={"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_LATEST})


def _requests() -> CollectorRegistry:
    """Where several processes serve (`portal serve --workers`), the sum of theirs."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # noqa: TID251 - the library reads it there, `portal serve` sets it
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
    return registry


class Emails(Collector):
    def __init__(self, seen: Watch, states: dict[str, int]) -> None:
        self.seen, self.states = seen, states

    def collect(self) -> Iterator[Metric]:
        """Ages in seconds; accepted and failed count the e-mails that are still kept, not all there ever were."""
        seen = self.seen
        states = GaugeMetricFamily("portal_emails", "E-mails by state.", labels=["state"])
        for state in sorted({"queued", "sending", "deferred", "accepted", "failed", "bounced", *self.states}):
            states.add_metric([state], self.states.get(state, 0))
        yield states
        oldest = (seen.at - seen.oldest).total_seconds() if seen.oldest else 0
        yield GaugeMetricFamily("portal_email_oldest_unsent_seconds", "Age of the oldest unsent e-mail.", oldest)
        stuck = (seen.at - seen.stuck_since).total_seconds() if seen.stuck_since else 0
        yield GaugeMetricFamily("portal_email_longest_untried_seconds", "Its turn has come, nobody tried.", stuck)
        name, said = "portal_worker_heartbeat_age_seconds", "Since a worker was heard of."
        workers = GaugeMetricFamily(name, said, labels=["worker"])
        for worker, heard in seen.workers.items():
            workers.add_metric([worker], (seen.at - heard).total_seconds())
        yield workers
