"""Drawings of pages as files: SVG that stands alone, and PNG."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from api.access.rights import identity_of
from api.links import same_page
from api.parameters import idle_parameters
from api.problems import ProblemError, graph_problem
from api.protocols.messages import attachment
from api.rasters import SIZE, PictureError
from api.representations import file_route
from api.site import running_of, site_of
from api.svg import cut, writable
from graph.errors import PoolBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from api.language import Language
    from api.parameters import Takes

MEDIA_TYPES: Final = {"svg": "image/svg+xml", "png": "image/png"}
_ROOT: Final = re.compile(r"<svg\b[^>]*>")
_LINK: Final = re.compile(r"<a\b[^>]*>|</a>")
_CLASS: Final = re.compile(r' class="[^"]*"')
_MARGIN: Final = 20
_HEAD: Final = 34


def alone(drawing: Markup, *, title: str, origin: str) -> str:
    """A drawing of a page as SVG that needs no page: with its looks, its title above and its origin below, no links."""
    size = SIZE.search(drawing)
    assert size
    width, height = float(size[1]), float(size[2])
    style = files("api").joinpath("static", "drawing-file.css").read_text(encoding="utf-8")
    box = f"{-_MARGIN} {-_MARGIN - _HEAD} {width + 2 * _MARGIN:g} {height + 2 * _MARGIN + 2 * _HEAD:g}"
    head = Markup(
        '<svg class="drawing" xmlns="http://www.w3.org/2000/svg" role="img" font-family="sans-serif" viewBox="{}"'
        ' width="{:g}" height="{:g}"><style>{}</style><rect class="paper" x="{}" y="{}" width="100%" height="100%"/>'
        '<text class="heading" x="0" y="{}">{}</text><text class="figure" x="0" y="{:g}">{}</text>'
    ).format(
        box,
        width + 2 * _MARGIN,
        height + 2 * _MARGIN + 2 * _HEAD,
        Markup(style),  # noqa: S704  (a file of ours)
        -_MARGIN,
        -_MARGIN - _HEAD,
        -_HEAD / 2,
        cut(title, width * 0.7),
        height + _HEAD * 0.7,
        origin,
    )
    body = _ROOT.sub("", drawing, count=1)
    return writable(str(head) + _LINK.sub(_ungrouped, body))


def _ungrouped(link: re.Match[str]) -> str:
    """A group in place of a link, with its class."""
    if link[0] == "</a>":
        return "</g>"
    name = _CLASS.search(link[0])
    return f"<g{name[0] if name else ''}>"


def picture_routes(
    path: str, picture: Callable[[Request], Response], taken: Takes = lambda _request: None
) -> list[Route]:
    """
    Routes of the drawing of a page, `.svg` and `.png`; they come before the page, whose path may take any ending.

    Parameters that are not `taken` are refused; without it `picture` knows its own.
    """
    return [file_route(f"{path}.{form}", picture, taken) for form in MEDIA_TYPES]


def picture_addresses(request: Request, **changes: str | None) -> list[tuple[str, str]]:
    """The drawing of the page of this request as files: (form, address) pairs, its selection kept."""
    path, mark, query = same_page(request, **idle_parameters(request), **changes).partition("?")
    return [(form.upper(), f"{path}.{form}{mark}{query}") for form in MEDIA_TYPES]


def picture_file(request: Request, drawing: Markup, *, title: str, name: str, version: int) -> Response:
    """
    The drawing as a file of the form that the path ends with.

    Raises:
        BudgetError: The client used up its budget.
        ProblemError: 400 for one that is too large, 501 on a machine that cannot make it, 503 where many are made.
    """
    language = site_of(request).pages.language(request)
    form = request.url.path.rpartition(".")[2]
    svg = alone(drawing, title=title, origin=language.text("Vekha, data version {version}", version=version))
    if form == "svg":
        content = svg.encode()
    else:
        asked, identity = str(request.url.query), identity_of(request)
        with running_of(request).track(asked, identity, kind="picture") as entry:
            content = rastered(request, svg, language)
            entry.ended("done", size=len(content), version=version)
    headers = {
        "Content-Type": MEDIA_TYPES[form],
        "Content-Disposition": attachment(f"{name}.{form}"),
        "Vary": "Accept-Language, Cookie, Authorization",
        "Vekha-Version": str(version),
    }
    return Response(content, headers=headers)


def rastered(request: Request, svg: str, language: Language) -> bytes:
    """
    The drawing as PNG.

    Raises:
        ProblemError: As `picture_file`.
    """
    try:
        return site_of(request).rasteriser.png(svg)
    except PictureError as error:
        raise ProblemError(400 if error.values else 501, language.text(error.template, **error.values)) from None
    except PoolBusyError as error:
        raise graph_problem(error, language) from None
