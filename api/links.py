"""Addresses of pages: the one builder of links from IRIs and of addresses that differ from the present one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode, urlsplit

from ontology.iris import HOME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

# Folders under the base that this service answers for.
_SERVED = ("id/", "registry/", "scheme/", "ns", "graph/")
# Things with a page of their own: where their IRIs stand, and the folder of their pages.
PAGES: Final = {
    "id/roadmap": "roadmaps",
    "id/activity": "activities",
    "id/indicator": "indicators",
    "id/body": "bodies",
    "id/group": "groups",
    "id/person": "persons",
    "id/post": "posts",
    "id/provisional": "provisional",
    "id/territory": "territories",
    "scheme/theme": "themes",
}
_FOLDERS: Final = {folder: home for home, folder in PAGES.items()}
# A dot would be read as the ending of a representation; no IRI that the loaders mint has one.
_SLUG = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Links:
    """Links of an installation whose data has the IRIs of `base`."""

    base: str

    def of(self, iri: object) -> str | None:
        """
        The address that shows an IRI: here for our own, its page if it has one; the IRI itself for http(s); else None.

        So no other scheme (`javascript:`) that stands in data becomes a link.
        """
        if not isinstance(iri, str):
            return None
        for home in (self.base, HOME):
            rest = iri.removeprefix(home)
            if rest != iri and rest.startswith(_SERVED):
                folder, slash, slug = rest.rpartition("/")
                if slash and folder in PAGES and _SLUG.fullmatch(slug):
                    return f"/{PAGES[folder]}/{slug}"
                return "/" + quote(rest, safe="/#-_")
        return iri if urlsplit(iri).scheme in {"http", "https"} else None

    def thing(self, path: str) -> str:
        """
        The IRI that a path of this server stands for.

        `id/activity/…` and the page `activities/…` are under the base, `scheme/…` and `themes/…` under our home.
        """
        folder, _slash, slug = path.rpartition("/")
        path = f"{_FOLDERS[folder]}/{slug}" if folder in _FOLDERS else path
        return (self.base if path.startswith(("id/", "registry/", "graph/")) else HOME) + path


def with_query(path: str, parameters: Mapping[str, object] | None = None, **more: object) -> str:
    """The path with the parameters that have a value; `more` wins over `parameters`."""
    values = {**(parameters or {}), **more}
    text = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{path}?{text}" if text else path


def same_page(request: Request, **changes: str | None) -> str:
    """The address of the present page with some parameters changed; None removes one."""
    parameters = [(name, value) for name, value in request.query_params.multi_items() if name not in changes]
    parameters += [(name, value) for name, value in changes.items() if value is not None]
    text = urlencode(parameters)
    path = quote(request.url.path)
    return f"{path}?{text}" if text else path
