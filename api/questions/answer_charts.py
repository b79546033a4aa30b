"""An answer as charts: bars of counts, lines over years, one panel for each unit of measure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Final

from api.pages import written
from api.questions.answer_views import SPANS
from api.questions.charts import LINES, Bar, Line, draw_bars, draw_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

    from api.language import Language
    from api.links import Links
    from api.questions.answer_views import AnswerShape, ChartColumns, Fold
    from api.questions.answers import Value

# More bars than that are a wall; the table has all.
BARS: Final = 40
_PANELS: Final = 8
# Sums of such numbers are finite still.
_MOST: Final = 1e100
_FOLDS: Final[dict[Fold, Callable[[Sequence[float]], float]]] = {"sum": sum, "mean": fmean, "max": max, "min": min}

# A name and what tells it from another of the same name.
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ChartPanel:
    """One chart; `shown` of its `size` bars or lines are drawn, the greatest or longest ones."""

    title: str
    drawing: Markup
    shown: int
    size: int


@dataclass(frozen=True)
class _Chart:
    """What is drawn, and the words for it."""

    shape: AnswerShape
    columns: ChartColumns
    title: str
    language: Language
    links: Links
    titles: dict[str, str] = field(default_factory=dict)
    _links: dict[str, str | None] = field(default_factory=dict)
    _words: dict[tuple[type, Value], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        code = self.language.code
        self.titles.update((column.name, column.title.in_language(code)) for column in self.shape.described)
        self._links.update((column.name, column.link) for column in self.shape.described)

    @property
    def value_title(self) -> str:
        y = self.columns.y
        return self.titles.get(y, y) if y else self.language.text("number of rows")

    @property
    def category_title(self) -> str:
        return self.titles.get(self.columns.x, self.columns.x)

    def value(self, row: dict[str, Value]) -> float | None:
        """What a row adds; None if it adds nothing, as what is no number or could not be drawn."""
        found = row[self.columns.y] if self.columns.y else 1
        if not isinstance(found, int | float) or isinstance(found, bool):
            return None
        return found if abs(found) < _MOST else None

    def category(self, row: dict[str, Value]) -> str:
        value = row[self.columns.x]
        if self.shape.kinds[self.columns.x] == "date" and value is not None:
            return str(value)[:4]
        return self.written(value)

    def series(self, row: dict[str, Value]) -> _Key:
        """Things of two documents may have the same words: the link tells them apart."""
        name = self.columns.series
        if name is None:
            return "", ""
        return self.written(row.get(name)), str(row.get(self.link_of(name) or "") or "")

    def written(self, value: Value) -> str:
        """A value as people write it, a dash where there is none; worked out once, since rows repeat their values."""
        key = type(value), value
        if key not in self._words:
            self._words[key] = "—" if value in {None, ""} else written(value, self.language)
        return self._words[key]

    def link_of(self, name: str) -> str | None:
        """The column with the things that a column names."""
        return self._links.get(name)

    def fold(self, values: Sequence[float]) -> float:
        if self.columns.y is None:
            return float(len(values))
        folded = _FOLDS.get(self.columns.fold, sum)(values)
        return int(folded) if float(folded).is_integer() else round(folded, 4)

    def number(self, value: float) -> str:
        return written(int(value) if float(value).is_integer() else value, self.language)


def draw_charts(
    shape: AnswerShape, columns: ChartColumns | None, *, title: str, language: Language, links: Links
) -> list[ChartPanel]:
    """The panels of a chart; none, if there is nothing to draw.  Panels with most bars or lines come first."""
    if columns is None:
        return []
    chart = _Chart(shape, columns, title, language, links)
    panels: dict[str, list[dict[str, Value]]] = defaultdict(list)
    for row in shape.rows:
        if chart.value(row) is not None and (columns.form == "bar" or row[columns.x] is not None):
            panels[str(row[columns.panel] or "") if columns.panel else ""].append(row)
    draw = _bars if columns.form == "bar" else _lines
    drawn = [draw(chart, rows, f"chart-{index}", unit) for index, (unit, rows) in enumerate(panels.items())]
    return sorted(drawn, key=lambda panel: -panel.size)[:_PANELS]


def _bars(chart: _Chart, rows: list[dict[str, Value]], name: str, unit: str) -> ChartPanel:
    """Bars by category, the greatest first, or in the order of years; each series has a bar of its own."""
    columns, language = chart.columns, chart.language
    values: dict[str, dict[_Key, list[float]]] = defaultdict(lambda: defaultdict(list))
    hrefs: dict[str, str | None] = {}
    link = chart.link_of(columns.x)
    for row in rows:
        value, category = chart.value(row), chart.category(row)
        assert value is not None
        values[category][chart.series(row)].append(value)
        hrefs.setdefault(category, chart.links.of(row.get(link)) if link else None)
    folded = {category: {key: chart.fold(found) for key, found in by.items()} for category, by in values.items()}
    totals: dict[_Key, float] = defaultdict(float)
    for by in folded.values():
        for key, value in by.items():
            totals[key] += abs(value)
    series = sorted(totals, key=lambda key: (-totals[key], key))[:LINES]
    if chart.shape.kinds[columns.x] in SPANS:
        order = sorted(folded, key=lambda category: (category == "—", len(category), category))
    else:
        order = sorted(folded, key=lambda category: -sum(folded[category].values()))
    bars = [
        Bar(category, folded[category][key], hrefs[category], series.index(key))
        for category in order
        for key in series
        if key in folded[category]
    ][:BARS]
    size = sum(map(len, folded.values()))
    svg = draw_bars(
        bars,
        name=name,
        title=f"{chart.title} — {unit}" if unit else chart.title,
        description=language.text(
            "Bars: {value} by {name}, the greatest first.", value=chart.value_title, name=chart.category_title
        ),
        number=chart.number,
        series=[key[0] for key in series] if columns.series else (),
    )
    title = f"{chart.value_title} · {chart.category_title}"
    return ChartPanel(f"{title} · {unit}" if unit else title, svg, len(bars), size)


def _lines(chart: _Chart, rows: list[dict[str, Value]], name: str, unit: str) -> ChartPanel:
    """Lines over years, one for each series, the longest ones."""
    columns, language = chart.columns, chart.language
    values: dict[_Key, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        value = chart.value(row)
        assert value is not None
        values[chart.series(row)][int(str(row[columns.x])[:4])].append(value)
    longest = sorted(values, key=lambda key: (-len(values[key]), key))
    lines = []
    for key in longest[:LINES]:
        by_year = values[key].items()
        if columns.fold == "each":
            points = sorted((year, value) for year, found in by_year for value in found)
        else:
            points = sorted((year, chart.fold(found)) for year, found in by_year)
        lines.append(Line(key[0] or chart.value_title, tuple(points), chart.links.of(key[1])))
    unit = unit or chart.value_title
    svg = draw_lines(
        lines,
        name=name,
        title=f"{chart.title} — {unit}",
        description=language.text(
            "Lines over years in «{unit}», one for each indicator; marks are stated values.", unit=unit
        )
        if columns.fold == "each"
        else language.text("Lines over {name}: {value}.", name=chart.category_title, value=chart.value_title),
        number=chart.number,
    )
    return ChartPanel(unit, svg, len(lines), len(values))
