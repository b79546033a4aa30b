"""
The views of an answer: table, chart, network, timeline; each says by the answer's columns whether it can draw it.

The `#+ view:` header of a question names the columns to draw and is what is shown at first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from api.questions.answers import Value, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from api.language import Language
    from api.questions.answers import QuestionAnswer
    from ontology.iris import Iris

TABLE: Final = "table"
_ACTORS: Final = ("body", "group", "person", "post", "provisional")
# Columns that count something, so that adding and comparing them says something.
_COUNTS: Final = frozenset({"activities", "all", "alone", "items"})
_UNIT: Final = "unitLabel"
_NUMBERS: Final = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class ChartColumns:
    """Which columns a chart draws; `panel` is the column of units, since values of different units share no scale."""

    x: str
    y: str
    series: str | None
    panel: str | None
    is_over_years: bool


@dataclass(frozen=True)
class AnswerShape:
    """An answer with the kind of each column."""

    answer: QuestionAnswer
    iris: Iris

    @cached_property
    def rows(self) -> list[dict[str, Value]]:
        table = self.answer.table
        return [dict(zip(table.columns, map(plain_value, row), strict=True)) for row in table.rows]

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """By column: integer, number, truth, activity (IRIs, among which are activities), text, empty."""
        return {name: self._kind(name) for name in self.answer.table.columns}

    @cached_property
    def activity_column(self) -> str | None:
        """The first column with activities."""
        return next((name for name, kind in self.kinds.items() if kind == "activity"), None)

    @cached_property
    def activities(self) -> list[str]:
        """The IRIs of the answer's activities, each once, in its order."""
        return list(dict.fromkeys(self.activities_of(self.rows)))

    def activities_of(self, rows: Iterable[Mapping[str, Value]]) -> Iterator[str]:
        """The activity of each of these rows that has one."""
        name = self.activity_column
        return (str(row[name]) for row in rows if self._is_activity(row[name])) if name else iter(())

    @property
    def has_actors(self) -> bool:
        """Whether an actor stands in the answer, by its IRI."""
        homes = tuple(f"{self.iris.base}id/{kind}/" for kind in _ACTORS)
        return any(isinstance(value, str) and value.startswith(homes) for row in self.rows for value in row.values())

    @cached_property
    def chart(self) -> ChartColumns | None:
        """What the header names, if it holds numbers; else counts by the text before them, unless rows are pairs."""
        view = self.answer.question.view
        if view.x and view.y:
            if self.kinds[view.y] not in _NUMBERS:
                return None
            over_years = self.kinds[view.x] == "integer"
            unit = _UNIT if self.kinds.get(_UNIT) == "text" else None
            return ChartColumns(view.x, view.y, view.series, unit, over_years)
        if view.kind == "network":
            return None
        shown = [column.name for column in self.answer.question.columns if not column.hidden]
        for place, name in enumerate(shown):
            if name in _COUNTS and self.kinds.get(name) == "integer":
                texts = [other for other in shown[:place] if self.kinds.get(other) == "text"]
                named = "name" if "name" in texts else texts[-1] if texts else None
                return ChartColumns(named, name, None, None, is_over_years=False) if named else None
        return None

    def _kind(self, name: str) -> str:
        values = [row[name] for row in self.rows if row[name] is not None]
        if not values:
            return "empty"
        types = {type(value) for value in values}
        if types <= {int, float}:
            return "integer" if types == {int} else "number"
        if types == {bool}:
            return "truth"
        return "activity" if any(map(self._is_activity, values)) else "text"

    def _is_activity(self, value: Value) -> bool:
        return isinstance(value, str) and value.startswith(f"{self.iris.base}id/activity/")


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One way to look at an answer."""

    name: str
    draws: Callable[[AnswerShape], bool]


VIEWS: Final = (
    AnswerView(TABLE, lambda _shape: True),
    AnswerView("chart", lambda shape: shape.chart is not None),
    AnswerView("network", lambda shape: bool(shape.activities) or shape.has_actors),
    AnswerView("timeline", lambda shape: bool(shape.activities)),
)


def views_of(shape: AnswerShape) -> list[AnswerView]:
    """The views that can draw the answer, the table always among them."""
    return [view for view in VIEWS if view.draws(shape)]


def title_of(view: AnswerView, language: Language) -> str:
    _ = language.text
    return {TABLE: _("Table"), "chart": _("Chart"), "network": _("Network"), "timeline": _("Timeline")}[view.name]
