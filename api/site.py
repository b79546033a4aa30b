"""What the handlers of requests get of the application that serves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from api.access.budgets import Budgets
from api.installation import Installation, QueryPool
from api.links import Links
from api.operation.metrics import Metrics
from api.operation.result_cache import ResultCache
from api.operation.running import RunningQueries
from api.pages import Pages
from api.rasters import Rasteriser
from graph.remote.pool import RemotePool

if TYPE_CHECKING:
    from starlette.requests import Request


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Site:
    """An installation with its pages."""

    installation: Installation
    pages: Pages
    rasteriser: Rasteriser = field(default_factory=Rasteriser)

    @classmethod
    def of(cls, installation: Installation) -> Site:
        return cls(installation, Pages(installation.languages, Links(installation.settings.base), installation.clock))


def held(request: Request, name: str, kind: type[T]) -> T:
    """What the application of this request holds under a name; it is of the kind."""
    found = getattr(request.app.state, name)
    assert isinstance(found, kind)
    return found


def workers_of(request: Request) -> QueryPool:
    """What evaluates the queries of the application that serves this request."""
    pool = request.app.state.workers
    assert isinstance(pool, QueryPool)
    return pool


def own_workers_of(request: Request) -> QueryPool:
    """What evaluates texts of ours: always the data folder, for other engines understand some of them differently."""
    pool = workers_of(request)
    return pool.own if isinstance(pool, RemotePool) and pool.own is not None else pool


def budgets_of(request: Request) -> Budgets:
    """The budgets of the clients of this application."""
    return held(request, "budgets", Budgets)


def running_of(request: Request) -> RunningQueries:
    """The queries that the application of this request runs."""
    return held(request, "running", RunningQueries)


def cache_of(request: Request) -> ResultCache:
    """The answers that the application of this request keeps."""
    return held(request, "cache", ResultCache)


def metrics_of(request: Request) -> Metrics:
    """The figures of the application that serves this request."""
    return held(request, "metrics", Metrics)


def site_of(request: Request) -> Site:
    """The site that the application of this request serves."""
    return held(request, "site", Site)
