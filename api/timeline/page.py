"""The timeline: what is due when, by body, section, document or theme, as a drawing, a table, data and a calendar."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from api.access.rights import allow
from api.lists.paging import PageOfRows
from api.operation.computing import counted, shared
from api.parameters import idle_parameters
from api.pictures import picture_addresses, picture_file, picture_routes
from api.problems import ProblemError
from api.questions.answering import is_long_list
from api.representations import Sheet, data_addresses, file_route, page_routes
from api.site import site_of
from api.timeline.calendars import MEDIA_TYPE, write_calendar
from api.timeline.gantt import GanttGroup, bounds
from api.timeline.planned_drawing import draw_planned
from api.timeline.scales import SCALES
from api.timeline.schedules import schedules_of
from api.timeline.selection import DISPLAY, GROUPS, THINGS, Selected, collated, grouped, parameters_of_timeline, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup
    from starlette.requests import Request

    from api.language import Language
    from api.timeline.scales import Scale
    from api.timeline.schedules import Planned, State

_FIELDS: Final = frozenset({"roadmap", "body", "theme"})
# Where the values of a filter are looked up by name.
_LOOKUPS: Final = {
    "roadmap": "/questions/who-is-responsible/choices/roadmap",
    "body": "/questions/activities-of-body/choices/actor",
    "theme": "/questions/who-is-responsible/choices/theme",
}
_VIEWS: Final = ("gantt", "table")
ROWS: Final = 100
_MOST_ROWS: Final = 2000
_COLUMNS: Final = (
    "activity", "number", "text", "document", "section", "deadline", "start", "end", "state", "actors",
)  # fmt: skip


def timeline_page(request: Request) -> Response:
    site = site_of(request)
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    try:
        selected = select(request, knowledge, language)
    except ProblemError as error:
        if error.status >= 500:
            raise
        return site.pages.render(
            request,
            "problem.html",
            status=error.status,
            title=language.text("This timeline cannot be drawn"),
            detail=error.detail,
        )
    page, shown = _paged(request, selected, language)
    view = request.query_params.get("view")
    view = view if view in _VIEWS else _VIEWS[0]
    scale: Scale = "quarter"
    drawings: tuple[Markup, ...] = ()
    if view == "gantt" and page.size:
        key = (_drawn_from(selected, language), page, selected.group, selected.day, selected.scale)
        scale, drawings = shared(
            request,
            "timeline",
            schedules_of(request).drawings,
            key,
            lambda: _pieces(request, selected, shown, language),
        )
    return site.pages.render(
        request,
        "timeline.html",
        title=language.text("Timeline"),
        selected=selected,
        filters=_filters(request, selected, language),
        kept=_kept(request, selected),
        link=_settled(request, selected),
        groups=[(name, _group_title(name, language)) for name in GROUPS],
        scales=[(name, _scale_title(name, language)) for name in SCALES],
        scale=scale,
        view=view,
        drawings=drawings,
        shown=shown,
        page=page,
        states=_states(language),
        counts=_counts(selected, language),
        data=data_addresses(request),
        pictures=picture_addresses(request, view=None) if drawings else (),
        calendar=f"/timeline.ics?{urlencode([*_selection(request), ('lang', language.code)])}",
        version=knowledge.version,
    )


def timeline_picture(request: Request) -> Response:
    """The rows of the page as a drawing to save."""
    site = site_of(request)
    allow(request, "read")
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    selected = select(request, knowledge, language)
    _page, shown = _paged(request, selected, language)
    _scale, drawing = counted(request, "timeline", lambda _query: _drawn(request, selected, shown, language))
    title = selected.answer_title or language.text("Timeline")
    names = [selected.schedule.name(iri) for iri in selected.chosen.values()]
    title = ": ".join([title, *names])
    return picture_file(request, drawing, title=title, name="timeline", version=knowledge.version)


def timeline_sheet(request: Request) -> Sheet:
    site = site_of(request)
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    selected = select(request, knowledge, language)
    states = _states(language)

    def row(activity: Planned) -> list[str | None]:
        return [
            activity.iri,
            activity.number,
            activity.text,
            selected.schedule.name(activity.roadmap),
            activity.section_title,
            activity.deadline,
            activity.first.isoformat() if activity.first else None,
            activity.last.isoformat() if activity.last else None,
            states[activity.state(selected.day)],
            "; ".join(sorted(map(selected.schedule.name, activity.actors))),
        ]

    rows = counted(request, "timeline", lambda _query: [row(activity) for activity in selected.activities])
    return Sheet(_COLUMNS, rows, knowledge.version)


def timeline_calendar(request: Request) -> Response:
    """The selection as a calendar file."""
    site = site_of(request)
    allow(request, "read")
    language = site.pages.language(request)
    knowledge = site.installation.newest()
    selected = select(request, knowledge, language)
    names = [selected.schedule.name(iri) for iri in selected.chosen.values()]
    title = ": ".join([language.text("Vekha"), *filter(None, [selected.answer_title, *names])])
    home = str(request.base_url).rstrip("/")

    def address(iri: str) -> str | None:
        found = site.pages.links.of(iri)
        return home + found if found and found.startswith("/") else found

    def write() -> bytes:
        return write_calendar(selected.activities, selected.schedule, title=title, language=language, address=address)

    key = (_drawn_from(selected, language), title, home)
    content = shared(request, "calendar", schedules_of(request).calendars, key, write)
    name = next((iri.rsplit("/", 1)[-1] for iri in selected.chosen.values()), selected.answer or "timeline")
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Disposition": f'attachment; filename="{name}.ics"',
        "Vary": "Accept-Language, Cookie",
        "Vekha-Version": str(knowledge.version),
    }
    return Response(content, headers=headers)


def _drawn_from(selected: Selected, language: Language) -> tuple[object, ...]:
    """What every drawing of a selection depends on."""
    activities = tuple(activity.iri for activity in selected.activities)
    chosen = tuple(sorted(selected.chosen.items()))
    return selected.schedule.version, language.code, selected.start, selected.end, chosen, activities


def _paged(request: Request, selected: Selected, language: Language) -> tuple[PageOfRows, list[GanttGroup]]:
    """Which rows stand on the page, and these."""
    groups = grouped(selected, site_of(request).pages.links.of, language)
    count = sum(len(group.rows) for group in groups)
    page = PageOfRows.of(request.query_params.get("page"), count, _rows(request))
    return page, _slice(groups, page)


def _pieces(
    request: Request, selected: Selected, shown: Sequence[GanttGroup], language: Language
) -> tuple[Scale, tuple[Markup, ...]]:
    """The drawing in pieces of a hundred rows, each with its own head, so that a browser lays out what is seen."""
    count = sum(len(group.rows) for group in shown)
    start, end = bounds(selected.activities, selected.start, selected.end)
    settled = replace(selected, start=start, end=end)
    drawn = [
        _drawn(request, settled, _slice(shown, PageOfRows(piece, count, ROWS)), language, f"gantt-{piece}")
        for piece in range(1, PageOfRows(1, count, ROWS).pages + 1)
    ]
    return drawn[0][0], tuple(drawing for _scale, drawing in drawn)


def _drawn(
    request: Request, selected: Selected, shown: Sequence[GanttGroup], language: Language, name: str = "gantt"
) -> tuple[Scale, Markup]:
    return draw_planned(
        shown,
        selected.activities,
        start=selected.start,
        end=selected.end,
        day=selected.day,
        scale=selected.scale,
        language=language,
        href=site_of(request).pages.links.of,
        name=name,
    )


def _slice(groups: Sequence[GanttGroup], page: PageOfRows) -> list[GanttGroup]:
    """The part of the groups that stands on the page."""
    shown, place = [], 0
    for group in groups:
        rows = group.rows[max(page.first - place, 0) : max(page.end - place, 0)]
        if rows:
            shown.append(GanttGroup(group.title, group.href, group.count, rows))
        place += len(group.rows)
    return shown


def _kept(request: Request, selected: Selected) -> list[tuple[str, str]]:
    """What the form hands on although it has no field for it."""
    fields = {"group", "scale", "from", "to", "day", "page", "lang"} | (set() if selected.answer_title else _FIELDS)
    return [(name, value) for name, value in request.query_params.multi_items() if name not in fields]


def _settled(request: Request, selected: Selected) -> str:
    """The address with the day, so that it shows the same tomorrow."""
    values = [
        (name, value) for name, value in request.query_params.multi_items() if value and name not in {"lang", "day"}
    ]
    return f"/timeline?{urlencode([*values, ('day', selected.day.isoformat())])}"


def _rows(request: Request) -> int:
    text = request.query_params.get("rows", "")
    return min(max(int(text), 10), _MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 6 else ROWS


def _selection(request: Request) -> list[tuple[str, str]]:
    """What of the address selects activities, without what only says how they are shown."""
    shown = DISPLAY - {"from", "to", "answer"}
    left_out = {*shown, *idle_parameters(request)}
    return [(name, value) for name, value in request.query_params.multi_items() if value and name not in left_out]


def _filters(request: Request, selected: Selected, language: Language) -> list[dict[str, Any]]:
    """The fields of the form: lists of the data, or a look-up where a list would be most of the page."""
    if selected.answer_title:
        return []
    schedule = selected.schedule
    words = {"roadmap": language.text("document"), "body": language.text("actor"), "theme": language.text("theme")}
    found: dict[str, set[str]] = {"roadmap": set(), "body": set(), "theme": set()}
    for activity in schedule.activities:
        found["roadmap"].add(activity.roadmap)
        found["body"] |= activity.actors
        found["theme"] |= activity.themes
    fields = []
    for name, things in found.items():
        choices = sorted(((iri, schedule.name(iri)) for iri in things), key=lambda pair: collated(pair[1]))
        is_long = is_long_list(label for _iri, label in choices)
        asked, iri = request.query_params.get(name, ""), selected.chosen.get(name)
        fields.append(
            {
                "name": name,
                "label": words[name],
                "choices": [(_short(name, iri), label) for iri, label in choices] if not is_long else (),
                "lookup": _LOOKUPS[name] if is_long else None,
                "value": asked if is_long else _short(name, iri) if iri else "",
                "chosen": schedule.name(iri) if iri else "",
            }
        )
    return fields


def _short(name: str, iri: str) -> str:
    """The value of a thing in the address: its slug, with the kind before it where there are several kinds."""
    folder, _slash, slug = iri.rpartition("/")
    kind = folder.rsplit("/", 1)[-1]
    return slug if kind == THINGS[name][0] else f"{kind}:{slug}"


def _counts(selected: Selected, language: Language) -> list[tuple[State, str, int]]:
    states = _states(language)
    found = [activity.state(selected.day) for activity in selected.activities]
    return [(state, states[state], found.count(state)) for state in states if state in found]


def _states(language: Language) -> dict[State, str]:
    _ = language.text
    return {
        "passed": _("the deadline has passed"),
        "now": _("goes on"),
        "ahead": _("is ahead"),
        "undated": _("no date is stated"),
    }


def _group_title(name: str, language: Language) -> str:
    _ = language.text
    return {
        "roadmap": _("by document"),
        "section": _("by section"),
        "body": _("by actor"),
        "theme": _("by theme"),
        "none": _("not grouped"),
    }[name]


def _scale_title(name: str, language: Language) -> str:
    _ = language.text
    return {"month": _("months"), "quarter": _("quarters"), "year": _("years")}[name]


ROUTES = [
    file_route("/timeline.ics", timeline_calendar, parameters_of_timeline),
    *picture_routes("/timeline", timeline_picture, parameters_of_timeline),
    *page_routes("/timeline", timeline_page, sheet=timeline_sheet, taken=parameters_of_timeline),
]
