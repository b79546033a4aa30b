"""An answer as charts: bars of counts, lines over years, one panel for each unit of measure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.pages import written
from api.questions.charts import LINES, Bar, Line, draw_bars, draw_lines

if TYPE_CHECKING:
    from markupsafe import Markup

    from api.language import Language
    from api.links import Links
    from api.questions.answer_views import AnswerShape, ChartColumns
    from api.questions.answers import Value

# More bars than that are a wall; the table has all.
BARS: Final = 40
_PANELS: Final = 8


@dataclass(frozen=True, slots=True)
class ChartPanel:
    """One chart; `shown` of its `size` bars or lines are drawn, the greatest or longest ones."""

    title: str
    drawing: Markup
    shown: int
    size: int


@dataclass(frozen=True, slots=True)
class _Titles:
    """Titles of columns in a language."""

    shape: AnswerShape
    language: Language

    def __call__(self, name: str) -> str:
        found = {column.name: column.title for column in self.shape.answer.question.columns}
        return found[name].in_language(self.language.code) if name in found else name


def draw_charts(shape: AnswerShape, language: Language, links: Links) -> list[ChartPanel]:
    """The panels of the answer's chart; none, if it has nothing to draw.  Panels with most lines come first."""
    columns = shape.chart
    if columns is None:
        return []
    titles = _Titles(shape, language)
    question = shape.answer.question.title.in_language(language.code)
    if not columns.is_over_years:
        return [_bars(shape, columns, titles, question, links)]
    panels: dict[str, list[dict[str, Value]]] = defaultdict(list)
    for row in shape.rows:
        if row[columns.y] is not None and row[columns.x] is not None:
            panels[str(row[columns.panel] or "") if columns.panel else ""].append(row)
    drawn = [
        _lines(
            shape,
            columns,
            rows,
            name=f"chart-{index}",
            unit=unit or titles(columns.y),
            question=question,
            language=language,
            links=links,
        )
        for index, (unit, rows) in enumerate(panels.items())
    ]
    return sorted(drawn, key=lambda panel: -panel.size)[:_PANELS]


def _bars(shape: AnswerShape, columns: ChartColumns, titles: _Titles, question: str, links: Links) -> ChartPanel:
    """Counts by text; rows with the same text are added."""
    language = titles.language
    sums: dict[str, float] = defaultdict(float)
    hrefs: dict[str, str | None] = {}
    link = next((column.link for column in shape.answer.question.columns if column.name == columns.x), None)
    for row in shape.rows:
        value = row[columns.y]
        if isinstance(value, int | float):
            label = written(row[columns.x] or "—", language)
            sums[label] += value
            hrefs.setdefault(label, links.of(row.get(link)) if link else None)
    largest = sorted(sums, key=lambda label: -sums[label])[:BARS]
    svg = draw_bars(
        [Bar(label, sums[label], hrefs[label]) for label in largest],
        name="chart-0",
        title=question,
        description=language.text(
            "Bars: {value} by {name}, the greatest first.", value=titles(columns.y), name=titles(columns.x)
        ),
        number=lambda value: written(value, language),
    )
    return ChartPanel(f"{titles(columns.y)} · {titles(columns.x)}", svg, len(largest), len(sums))


def _lines(
    shape: AnswerShape,
    columns: ChartColumns,
    rows: list[dict[str, Value]],
    *,
    name: str,
    unit: str,
    question: str,
    language: Language,
    links: Links,
) -> ChartPanel:
    points: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    link = next((column.link for column in shape.answer.question.columns if column.name == columns.series), None)
    for row in rows:
        # Indicators of two documents may have the same words: the link tells them apart.
        key = str(row.get(columns.series or "") or ""), str(row.get(link or "") or "")
        points[key].append((int(str(row[columns.x])), float(str(row[columns.y]))))
    longest = sorted(points, key=lambda key: (-len({year for year, _ in points[key]}), key))
    lines = [Line(key[0], tuple(sorted(points[key])), links.of(key[1])) for key in longest[:LINES]]
    svg = draw_lines(
        lines,
        name=name,
        title=f"{question} — {unit}",
        description=language.text(
            "Lines over years in «{unit}», one for each indicator; marks are stated values.", unit=unit
        ),
        number=lambda value: written(value, language),
    )
    return ChartPanel(unit, svg, len(lines), len(points))
