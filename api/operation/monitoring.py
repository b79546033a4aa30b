"""
How the service is: the queries that run and ran (`/queries`), figures for Prometheus (`/metrics`), health.

Users see and cancel their own queries, admins all.  `/health` says whether questions can be answered (readiness),
`/health/live` only that the process answers at all: who restarts it at the former's 503 would restart it for want of
data.
"""

from __future__ import annotations

from importlib.metadata import version as distribution_version
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api.access import sessions
from api.access.rights import allow, identity_of, is_from_here, unauthorized
from api.access.signing_in import refused
from api.access.users import Role
from api.negotiation import HTML, JSON, choose
from api.operation.administration import switch_of
from api.problems import ProblemError
from api.site import cache_of, metrics_of, running_of, site_of, workers_of
from graph.errors import GraphError
from graph.remote.pool import RemotePool

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.access.identity import Identity
    from api.installation import QueryPool
    from api.operation.running import RunningQuery


# So long an engine may take to tell what it holds: who asks for health waits for it.
_ENGINE_SECONDS: Final = 2.0


def queries(request: Request) -> Response:
    """The queries that run, and the last ones that ended, as a page or as JSON."""
    identity = _user(request)
    running = running_of(request)
    now = [entry for entry in running.listed() if _may_see(identity, entry.identity.client)]
    ended = [record for record in running.recent() if _may_see(identity, record.client)]
    if choose(request.headers.get("accept"), (JSON, HTML)) is HTML:
        return site_of(request).pages.render(
            request, "queries.html", running=now, ended=ended, sees_all=identity.role is Role.ADMIN
        )
    return JSONResponse(
        {"running": [_running_as_json(entry) for entry in now], "ended": [record.members() for record in ended]},
        headers={"Cache-Control": "no-store"},
    )


async def cancel(request: Request) -> Response:
    """Ends a running query: 204 for a program, back to the page for a person."""
    is_form = request.method == "POST"
    if is_form:
        try:
            await sessions.posted_form(request)
        except sessions.FormRefusedError:
            raise refused(request) from None
    identity = await run_in_threadpool(_user, request)
    entry = running_of(request).find(request.path_params["query"])
    if entry is None or not _may_see(identity, entry.identity.client):
        if is_form:  # it ended meanwhile
            return RedirectResponse("/queries", status_code=303)
        raise ProblemError(404, site_of(request).pages.language(request).text("No such query is running."))
    await run_in_threadpool(entry.cancel)
    return RedirectResponse("/queries", status_code=303) if is_form else Response(status_code=204)


def metrics(request: Request) -> Response:
    """Figures in the text format of Prometheus."""
    if not (site_of(request).installation.settings.metrics == "loopback" and is_from_here(request)):
        allow(request, "admin")
    figures, cache = metrics_of(request), cache_of(request)
    figures.cache_hits.set(cache.hits)
    figures.cache_misses.set(cache.misses)
    figures.cache_bytes.set(cache.size)
    figures.workers.set(len(workers_of(request).processes()))
    figures.version.set(_newest(request) or 0)
    return Response(figures.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"})


def ready(request: Request) -> Response:
    """Whether questions and queries can be answered, and on which data version."""
    version, workers = _newest(request), workers_of(request)
    engine, is_engine_ready = _of_engine(workers)
    settings = site_of(request).installation.settings
    # A server makes the folder that it is started on; a plain dataset answers also when it is empty.
    has_data = version is not None and (version > 0 or settings.dataset == "plain")
    is_ready = has_data and is_engine_ready
    return JSONResponse(
        {
            "status": "ok" if is_ready else "engine" if has_data else "empty",
            "version": version,
            **engine,
            "program": distribution_version("vekha"),
            "query_processes": len(workers.processes()),
            "version_in_memory": workers.replica.version,
            "isolation": workers.isolation,
            # Of the processes that evaluate queries, all together, in bytes.
            "memory_bound": workers.memory_bound,
            "read_only": settings.read_only or switch_of(request).is_on,
        },
        status_code=200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


async def live(_request: Request) -> Response:
    """That the process answers; told without a thread, since all of them may be at work."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def _of_engine(workers: QueryPool) -> tuple[dict[str, Any], bool]:
    """What is told of another engine that answers queries, if one does, and whether it can."""
    if not isinstance(workers, RemotePool):
        return {}, True
    try:
        return {"version_in_engine": workers.version(seconds=_ENGINE_SECONDS)}, True
    except GraphError:
        return {"version_in_engine": None}, False


def _newest(request: Request) -> int | None:
    try:
        return site_of(request).installation.versions.newest().version
    except GraphError:
        return None


def _user(request: Request) -> Identity:
    identity = identity_of(request)
    if identity.name is None:
        _ = site_of(request).pages.language(request).text
        raise unauthorized(_("This needs a token; «vekha user add» makes one."))
    return identity


def _may_see(identity: Identity, client: str) -> bool:
    return identity.role is Role.ADMIN or identity.client == client


def _running_as_json(entry: RunningQuery) -> dict[str, Any]:
    return {
        "id": entry.id,
        "since": entry.since.isoformat(timespec="milliseconds"),
        "seconds": round(entry.seconds, 3),
        "client": entry.identity.client,
        "role": entry.identity.role.word,
        "kind": entry.kind,
        "text": entry.text,
    }


ROUTES = [
    Route("/queries", queries, methods=["GET"]),
    Route("/queries/{query}", cancel, methods=["DELETE"]),
    Route("/queries/{query}/cancel", cancel, methods=["POST"]),
    Route("/metrics", metrics, methods=["GET"]),
    Route("/health", ready, methods=["GET"]),
    Route("/health/live", live, methods=["GET"]),
]
