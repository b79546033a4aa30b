"""What the handlers of requests get of the application that serves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.access.budgets import Budgets
from api.installation import Installation, QueryPool
from api.links import Links
from api.operation.metrics import Metrics
from api.operation.result_cache import ResultCache
from api.operation.running import RunningQueries
from api.pages import Pages
from api.rasters import Rasteriser

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Site:
    """An installation with its pages."""

    installation: Installation
    pages: Pages
    rasteriser: Rasteriser = field(default_factory=Rasteriser)

    @classmethod
    def of(cls, installation: Installation) -> Site:
        return cls(installation, Pages(installation.languages, Links(installation.settings.base)))


def workers_of(request: Request) -> QueryPool:
    """What evaluates the queries of the application that serves this request."""
    pool = request.app.state.workers
    assert isinstance(pool, QueryPool)
    return pool


def budgets_of(request: Request) -> Budgets:
    """The budgets of the clients of this application."""
    budgets = request.app.state.budgets
    assert isinstance(budgets, Budgets)
    return budgets


def running_of(request: Request) -> RunningQueries:
    """The queries that the application of this request runs."""
    running = request.app.state.running
    assert isinstance(running, RunningQueries)
    return running


def cache_of(request: Request) -> ResultCache:
    """The answers that the application of this request keeps."""
    cache = request.app.state.cache
    assert isinstance(cache, ResultCache)
    return cache


def metrics_of(request: Request) -> Metrics:
    """The figures of the application that serves this request."""
    metrics = request.app.state.metrics
    assert isinstance(metrics, Metrics)
    return metrics


def site_of(request: Request) -> Site:
    """The site that the application of this request serves."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site
