"""The comparison page: a matrix of counts, or two to four roadmaps side by side; all of it is in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from api.access.rights import allow
from api.comparison.matrices import Matrix, count_by
from api.comparison.side_by_side import MOST, Compared, compare
from api.links import same_page, with_query
from api.lists.facets import NOT
from api.lists.narrowing import Narrowing
from api.lists.paging import PageOfRows
from api.lists.selection import ACTIVITY_FACETS, Asked, text_of
from api.negotiation import XLSX
from api.parameters import idle_parameters, takes
from api.problems import ProblemError
from api.questions.answering import is_long_list
from api.questions.answers import write_workbook
from api.representations import Sheet, data_addresses, file_route, page_routes
from api.site import site_of
from api.timeline.schedules import schedule_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.language import Language
    from api.timeline.schedules import Schedule

AXES: Final = ("theme", "territory", "level", "roadmap", "year")
# The matrices that the page offers by name; any other pair of axes can stand in the address.
OFFERED: Final = (("theme", "territory"), ("theme", "roadmap"), ("level", "theme"))
# What fits into a page beside headings, and below its budget.
COLUMNS: Final = 12
ROWS: Final = 40
_LIST: Final = 100
_TEXT: Final = 160
_LEASTS: Final = (0.0, 0.3, 0.5, 0.7)


@dataclass(frozen=True, slots=True)
class _Page:
    """What every function here needs of a request."""

    request: Request
    knowledge: Knowledge
    language: Language

    @classmethod
    def of(cls, request: Request) -> _Page:
        site = site_of(request)
        allow(request, "read")
        return cls(request, site.installation.newest(), site.pages.language(request))

    @property
    def schedule(self) -> Schedule:
        return schedule_of(self.request, self.knowledge, self.language.code)

    @property
    def is_side_by_side(self) -> bool:
        return bool(self.request.query_params.getlist("roadmap"))


def comparison_page(request: Request) -> Response:
    """The page; of roadmaps that cannot be compared it says why."""
    page = _Page.of(request)
    site = site_of(request)
    try:
        shown = _side_by_side(page) if page.is_side_by_side else _matrix(page)
    except ProblemError as error:
        return site.pages.render(
            request,
            "problem.html",
            status=error.status,
            title=page.language.text("This comparison cannot be made"),
            detail=error.detail,
        )
    roadmaps = sorted(
        {(page.schedule.name(activity.roadmap), _slug(activity.roadmap)) for activity in page.schedule.activities}
    )
    return site.pages.render(
        request,
        "comparison.html",
        title=page.language.text("Comparison"),
        roadmaps=[(slug, name) for name, slug in roadmaps],
        most=MOST,
        # The list would stand in the page once for each of them.
        is_long=is_long_list(name for name, _slug in roadmaps for _place in range(MOST)),
        offered=[
            (rows, columns, f"{_axis(rows, page.language)} × {_axis(columns, page.language)}")
            for rows, columns in OFFERED
        ],
        data=[*data_addresses(request), ("XLSX", _workbook(request))],
        version=page.knowledge.version,
        **shown,
    )


def comparison_sheet(request: Request) -> Sheet:
    """The whole matrix, or all rows of the roadmaps side by side, without pages."""
    page = _Page.of(request)
    if page.is_side_by_side:
        return _compared_sheet(page, _compared(page))
    rows, columns = _axes(request)
    narrowing = Narrowing.of(page.request, page.knowledge, page.language)
    matrix = _counted(narrowing, rows, columns)
    heads = [_axis(rows, page.language), *(column.label for column in matrix.columns), page.language.text("in all")]
    lines: list[list[str | int]] = [
        [row.label, *(matrix.count(row, column) for column in matrix.columns), row.count] for row in matrix.rows
    ]
    return Sheet(heads, lines, page.knowledge.version)


def comparison_workbook(request: Request) -> Response:
    """The same as a workbook."""
    allow(request, "read")
    sheet = comparison_sheet(request)
    language = site_of(request).pages.language(request)
    content = write_workbook(
        list(sheet.columns),
        [list(row) for row in sheet.rows],  # type: ignore[arg-type]  # plain values, as made above
        names=(language.text("Comparison"), language.text("Source")),
        origin=[str(request.url), language.text("Data version {version}", version=sheet.version)],
    )
    headers = {
        "Content-Type": XLSX.content_type,
        "Content-Disposition": 'attachment; filename="compare.xlsx"',
        "Vary": "Accept-Language, Cookie",
        "Vekha-Version": str(sheet.version),
    }
    return Response(content, headers=headers)


def _matrix(page: _Page) -> dict[str, Any]:
    rows, columns = _axes(page.request)
    narrowing = Narrowing.of(page.request, page.knowledge, page.language)
    matrix = _counted(narrowing, rows, columns)
    asked = page.request.query_params
    across = PageOfRows.of(asked.get("page"), len(matrix.columns), COLUMNS)
    down = PageOfRows.of(asked.get("down"), len(matrix.rows), ROWS)
    chosen = narrowing.asked

    def cell(**things: str) -> str:
        """The list of the activities of a cell, under the filters of the page."""
        values = {
            name: tuple(text for text in texts if name not in things or text.startswith(NOT))
            for name, texts in chosen.values.items()
        }
        for name, thing in things.items():
            values[name] = (*values.get(name, ()), text_of(page.knowledge, ACTIVITY_FACETS[name], thing))
        return "/activities" + Asked(values, chosen.words, "", {}).query()

    return {
        "matrix": matrix,
        "axes": (rows, columns),
        "titles": (_axis(rows, page.language), _axis(columns, page.language)),
        "columns": matrix.columns[across.first : across.end],
        "lines": matrix.rows[down.first : down.end],
        "page": across,
        "down": down,
        "cell": lambda row, column: cell(**{rows: row.thing, columns: column.thing}),
        "line": lambda row: cell(**{rows: row.thing}),
        "narrowed": narrowing.chips_of(ACTIVITY_FACETS),
        "compared": None,
    }


def _counted(narrowing: Narrowing, rows: str, columns: str) -> Matrix:
    facts, labels, chosen = narrowing.facts, narrowing.labels, narrowing.chosen
    # An axis that is filtered has the wanted things only; an activity has others too, whose counts would be in part.
    wanted = {axis: chosen[axis].wanted for axis in (rows, columns) if axis in chosen and chosen[axis].wanted}
    return count_by(
        (_limited(facts.activity_values[thing], wanted) for thing in narrowing.activities()),
        rows,
        columns,
        lambda thing: labels.get(thing, thing.rsplit("/", 1)[-1]),
    )


def _limited(
    values: Mapping[str, frozenset[str]], wanted: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    return {**values, **{axis: values.get(axis, frozenset()) & things for axis, things in wanted.items()}}


def _side_by_side(page: _Page) -> dict[str, Any]:
    compared = _compared(page)
    asked = page.request.query_params
    return {
        "compared": compared,
        "names": [page.schedule.name(roadmap) for roadmap in compared.roadmaps],
        "slugs": [_slug(roadmap) for roadmap in compared.roadmaps],
        "short": lambda text: text if len(text) <= _TEXT else text[: _TEXT - 1].rstrip() + "…",
        "identical": compared.identical[:_LIST],
        "similar_page": PageOfRows.of(asked.get("page"), len(compared.similar), _LIST // 2),
        "most_alone": _LIST // 2,
        "leasts": _LEASTS,
        "least": _least(page.request),
        "missing": lambda one, other: with_query("/questions/only-in-roadmap", roadmap=_slug(one), other=_slug(other)),
        "matrix": None,
    }


def _compared(page: _Page) -> Compared:
    schedule = page.schedule
    known = {_slug(activity.roadmap): activity.roadmap for activity in schedule.activities}
    roadmaps = []
    for text in dict.fromkeys(filter(None, page.request.query_params.getlist("roadmap"))):
        if _slug(text) not in known:
            raise ProblemError(
                404,
                page.language.text(
                    "Parameter «{parameter}»: the data know no «{value}»", parameter="roadmap", value=text[:80]
                ),
            )
        roadmaps.append(known[_slug(text)])
    if not 2 <= len(roadmaps) <= MOST:
        raise ProblemError(
            400,
            page.language.text(
                "Choose two to {most} different roadmaps; {count} are chosen", most=MOST, count=len(roadmaps)
            ),
        )
    return compare(page.knowledge, schedule, roadmaps, least=_least(page.request))


def _compared_sheet(page: _Page, compared: Compared) -> Sheet:
    _ = page.language.text
    name = page.schedule.name
    words = (_("identical"), _("similar"), _("only here"))
    lines: list[list[Any]] = [
        [
            words[0] if match.is_identical else words[1],
            round(match.likeness, 2),
            *(
                one
                for activity in (match.first, match.second)
                for one in (name(activity.roadmap), activity.number, activity.text)
            ),
        ]
        for match in (*compared.identical, *compared.similar)
    ]
    for activities in compared.alone:
        lines += [[words[2], None, name(one.roadmap), one.number, one.text, None, None, None] for one in activities]
    heads = (
        _("what"), _("likeness"), _("document"), _("no."), _("activity"),
        _("other document"), _("other no."), _("other activity"),
    )  # fmt: skip
    return Sheet(heads, lines, page.knowledge.version)


def _axes(request: Request) -> tuple[str, str]:
    rows, columns = request.query_params.get("rows", ""), request.query_params.get("columns", "")
    rows = rows if rows in AXES else OFFERED[0][0]
    columns = columns if columns in AXES else next(pair[1] for pair in OFFERED if pair[1] != rows)
    return (rows, columns) if rows != columns else (rows, next(axis for axis in AXES if axis != rows))


def _axis(name: str, language: Language) -> str:
    _ = language.text
    return {
        "theme": _("theme"),
        "territory": _("territory"),
        "level": _("level"),
        "roadmap": _("document"),
        "year": _("year"),
    }[name]


def _workbook(request: Request) -> str:
    """The address of the workbook of the same selection."""
    query = same_page(request, **idle_parameters(request)).partition("?")[2]
    return f"/compare.xlsx?{query}"


def _least(request: Request) -> float:
    text = request.query_params.get("least", "")
    return next((least for least in _LEASTS if f"{least:g}" == text), 0.0)


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


_TAKES = takes("rows", "columns", *ACTIVITY_FACETS, "least", "page", "down")
ROUTES = [
    file_route("/compare.xlsx", comparison_workbook, _TAKES),
    *page_routes("/compare", comparison_page, sheet=comparison_sheet, taken=_TAKES),
]
