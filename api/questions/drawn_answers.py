"""An answer in the views that can draw it, for the pages of questions and of the SPARQL editor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.pictures import picture_file
from api.problems import ProblemError
from api.questions.answer_charts import draw_charts
from api.questions.answer_views import TABLE, title_of, views_of
from api.questions.chart_choices import CHART_PARAMETERS, ChartChoiceError, chart_asked, chart_fields
from api.site import site_of
from api.timeline.planned_drawing import by_document, draw_planned
from api.timeline.schedules import schedule_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Knowledge
    from api.questions.answer_charts import ChartPanel
    from api.questions.answer_views import AnswerShape, ChartColumns
    from api.questions.answers import Value
    from api.questions.chart_choices import ChartField


@dataclass(frozen=True, slots=True)
class DrawnViews:
    """
    The view that the address asks for, and the others that the answer can feed as (name, title).

    `chart` are the parameters of the chart that was chosen, `problem` says why it cannot be drawn.
    """

    view: str
    views: Sequence[tuple[str, str]]
    panels: Sequence[ChartPanel]
    timeline: Markup | None
    fields: Sequence[ChartField]
    chart: Mapping[str, str]
    problem: str | None = None

    def refused(self, problem: str) -> DrawnViews:
        """The same without its drawing, and why."""
        return replace(self, panels=(), timeline=None, problem=problem)


def drawn_views(
    request: Request,
    knowledge: Knowledge,
    shape: AnswerShape,
    *,
    preferred: str,
    title: str,
    rows: Sequence[Mapping[str, Value]],
) -> DrawnViews:
    """The views of an answer; `rows` are those of the page, whose activities a timeline shows."""
    site = site_of(request)
    language = site.pages.language(request)
    views = [(view.name, title_of(view, language)) for view in views_of(shape)]
    names = [name for name, _title in views]
    asked = request.query_params.get("view", "")
    chosen = {name: request.query_params[name] for name in CHART_PARAMETERS if request.query_params.get(name)}
    view = asked if asked in names or (asked == "chart" and shape.rows) else preferred if preferred in names else TABLE
    columns, problem = _columns(request, shape) if view == "chart" else (shape.chart, None)
    if view == "chart" and "chart" not in names:
        views.insert(1, ("chart", language.text("Chart")))
    return DrawnViews(
        view=view,
        views=views,
        panels=draw_charts(shape, columns, title=title, language=language, links=site.pages.links)
        if view == "chart"
        else (),
        timeline=_timeline(request, knowledge, shape, rows) if view == "timeline" else None,
        fields=chart_fields(shape, columns, language),
        chart=chosen,
        problem=problem,
    )


def drawn_file(request: Request, drawn: DrawnViews, *, title: str, name: str, version: int) -> Response:
    """
    The drawing of these views as a file: the chart with the number `panel` of the address, or the timeline.

    Raises:
        ProblemError: 400 with the reason why there is none.
    """
    language = site_of(request).pages.language(request)
    number = request.query_params.get("panel", "0").lstrip("0") or "0"
    drawings = [drawn.timeline] if drawn.timeline else [panel.drawing for panel in drawn.panels]
    if drawn.problem or not number.isdecimal() or len(number) > 3 or int(number) >= len(drawings):
        words = language.text("There is no such drawing of this answer; choose a view that it has")
        raise ProblemError(400, drawn.problem or words)
    if drawn.panels and (len(drawn.panels) > 1 or drawn.chart):
        title = f"{title} {drawn.panels[int(number)].title}"
    return picture_file(request, drawings[int(number)], title=title, name=f"{name}-{drawn.view}", version=version)


def _columns(request: Request, shape: AnswerShape) -> tuple[ChartColumns | None, str | None]:
    """What is drawn, or why it cannot be."""
    try:
        return chart_asked(shape, request.query_params), None
    except ChartChoiceError as error:
        language = site_of(request).pages.language(request)
        return None, language.text(error.template, **error.values)


def _timeline(
    request: Request, knowledge: Knowledge, shape: AnswerShape, rows: Sequence[Mapping[str, Value]]
) -> Markup:
    """The activities of these rows over the days of all of the answer's."""
    site = site_of(request)
    language, links = site.pages.language(request), site.pages.links
    schedule = schedule_of(request, knowledge, language.code)
    named = schedule.only(dict.fromkeys(shape.activities_of(rows)))
    _scale, drawing = draw_planned(
        by_document(named, schedule, links.of),
        schedule.only(shape.activities),
        day=site.installation.clock.today(),
        language=language,
        href=links.of,
    )
    return drawing
