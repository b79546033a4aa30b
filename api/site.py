"""What the handlers of requests get of the application that serves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.links import Links
from api.pages import Pages
from graph.workers import WorkerPool

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.installation import Installation


@dataclass(frozen=True, slots=True)
class Site:
    """An installation with its pages."""

    installation: Installation
    pages: Pages

    @classmethod
    def of(cls, installation: Installation) -> Site:
        return cls(installation, Pages(installation.languages, Links(installation.settings.base)))


def workers_of(request: Request) -> WorkerPool:
    """The query processes of the application that serves this request."""
    pool = request.app.state.workers
    assert isinstance(pool, WorkerPool)
    return pool


def site_of(request: Request) -> Site:
    """The site that the application of this request serves."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site
