"""Rendering of pages: templates with automatic escaping, in the language that the request asks for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.units import format_unit
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api.access.sessions import csrf_secret, visitor_of
from api.clock import Clock
from api.language import COOKIE, Language, Languages
from api.links import Links, same_page, with_query
from api.parameters import unknown_of
from api.places import place_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from importlib.resources.abc import Traversable

    from starlette.requests import Request

_YEAR = 365 * 24 * 3600
# Where a request keeps its language.
_LANGUAGE = "vekha.language"
# Message ids of the sections of the site, in the order of the bar.
SECTIONS = {
    "/questions": "Questions",
    "/roadmaps": "Roadmaps",
    "/activities": "Activities",
    "/bodies": "Bodies",
    "/themes": "Themes",
    "/indicators": "Indicators",
    "/territories": "Territories",
    "/networks": "Networks",
    "/timeline": "Timeline",
    "/compare": "Comparison",
    "/changes": "Changes",
    "/quality": "Quality",
    "/linking": "Links",
    "/import": "Import",
    "/sparql": "SPARQL",
    "/help": "Help",
}
# Durations of one unit (ISO 8601), as targets state them: «за полугодие» is P6M.
_DURATION = re.compile(r"P(?P<count>[0-9]{1,3})(?P<unit>[DWMY])")
_UNITS = {"D": "duration-day", "W": "duration-week", "M": "duration-month", "Y": "duration-year"}


def static_version() -> str:
    """A name that changes with any file under `api/static`, so that browsers may keep the files for good."""
    digest = hashlib.sha256()
    for name, file in sorted(_files_under(files("api").joinpath("static")), key=lambda found: found[0]):
        content = file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def modules_of(folder: str) -> list[str]:
    """The names of the script modules in a folder of `api/static`, sorted."""
    return sorted(name for name, _file in _files_under(files("api").joinpath("static", folder)) if name.endswith(".js"))


def _files_under(folder: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files_under(entry, f"{path}{entry.name}/")
        else:
            yield path + entry.name, entry


def _environment(static: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("api"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(static=static, with_query=with_query, network_modules=modules_of("network"))
    return environment


@dataclass(frozen=True, slots=True)
class Pages:
    """The templates of the service; one for each application."""

    languages: Languages
    links: Links
    clock: Clock
    static: str = field(default_factory=lambda: f"/static/{static_version()}")
    environment: Environment = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", _environment(self.static))

    def language(self, request: Request) -> Language:
        """The language of this request (see `Languages.choose`)."""
        known = request.scope.get(_LANGUAGE)
        if isinstance(known, Language):
            return known
        chosen = self.languages.choose(
            asked=request.query_params.get("lang"),
            remembered=request.cookies.get(COOKIE),
            accepted=request.headers.get("accept-language"),
        )
        request.scope[_LANGUAGE] = chosen
        return chosen

    def render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
        """The page of a template; a language asked for in the address is remembered in a cookie."""
        language = self.language(request)
        text = self.environment.get_template(template).render(
            request=request,
            path=request.url.path,
            sections=_sections(request, language),
            language=language,
            languages=self.languages.available,
            same_page=lambda **changes: same_page(request, **changes),
            href=self.links.of,
            _=language.text,
            plural=language.plural,
            number=lambda value: format_decimal(value, locale=language.code),
            written=lambda value: written(value, language),
            place_in=lambda place: place_in(language, place) if place else "",
            visitor=visitor_of(request),
            unknown_parameters=unknown_of(request),
            csrf=lambda: csrf_secret(request),
            day=lambda value: written_day(value, language.code),
            moment=lambda value: written_moment(self.clock.of_text(value), language.code),
            day_of=lambda moment: written_day(self.clock.day_of(moment), language.code),
            **values,
        )
        response = HTMLResponse(text, status_code=status)
        response.headers["Vary"] = "Accept, Accept-Language, Cookie"
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Content-Language"] = language.code
        if request.query_params.get("lang") == language.code:
            response.set_cookie(COOKIE, language.code, max_age=_YEAR, httponly=True, samesite="lax")
        return response


def _sections(request: Request, language: Language) -> list[tuple[str, str]]:
    """The sections that this application serves: (address, title)."""
    served = {getattr(route, "path", None) for route in request.app.routes}
    return [(address, language.text(title)) for address, title in SECTIONS.items() if address in served]


def written(value: object, language: Language) -> str:
    """
    A value of the data as people write it in the language.

    A truth value, a number, a date «2021-05-14» and a duration of one unit «P6M» are written out; all else stays.
    """
    code = language.code
    if isinstance(value, bool):
        return language.text("yes") if value else language.text("no")
    if isinstance(value, int | float):
        number = Decimal(str(value))
        # Decimals have 28 digits, ten of them behind the point.
        if number.adjusted() > 17:
            return str(value)
        # Without grouping: most whole numbers here are years.
        return format_decimal(number, format="0.##########", locale=code)
    duration = _DURATION.fullmatch(str(value))
    if duration:
        return format_unit(int(duration["count"]), _UNITS[duration["unit"]], length="long", locale=code)
    return written_day(value, code)


def written_day(value: object, code: str) -> str:
    """A date of the data («2021-05-14») as people write it in the language; what is no date stays as it is."""
    try:
        return format_date(
            date.fromisoformat(str(value)), format="medium" if code == "en" else "dd.MM.yyyy", locale=code
        )
    except ValueError:
        return str(value)


def written_moment(moment: datetime, code: str) -> str:
    """A moment as people write it in the language, in its own time zone."""
    pattern = "d MMM y, HH:mm" if code == "en" else "dd.MM.yyyy HH:mm"
    return format_datetime(moment, pattern, tzinfo=moment.tzinfo, locale=code)
