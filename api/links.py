"""Addresses of pages: the one builder of links from IRIs and of addresses that differ from the present one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from ontology.iris import HOME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

# Folders under the base that this service answers for.
_SERVED = ("id/", "scheme/", "ns", "graph/")


@dataclass(frozen=True, slots=True)
class Links:
    """Links of an installation whose data has the IRIs of `base`."""

    base: str

    def of(self, iri: object) -> str | None:
        """
        The address that shows an IRI: here for our own, the IRI itself for http(s), None for anything else.

        So no other scheme (`javascript:`) that stands in data becomes a link.
        """
        if not isinstance(iri, str):
            return None
        for home in (self.base, HOME):
            rest = iri.removeprefix(home)
            if rest != iri and rest.startswith(_SERVED):
                return "/" + quote(rest, safe="/#-_")
        return iri if urlsplit(iri).scheme in {"http", "https"} else None

    def thing(self, path: str) -> str:
        """The IRI that a path of this server stands for: `id/activity/…` under the base, `scheme/…` under our home."""
        return (self.base if path.startswith(("id/", "graph/")) else HOME) + path


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
