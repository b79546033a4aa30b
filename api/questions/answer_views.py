"""
The views of an answer: table, chart, network, timeline; each says by the answer's columns whether it can draw it.

The `#+ view:` header of a question names the columns to draw and is what is shown at first; an answer without one, as
the SPARQL editor gets it, is drawn by the kinds of its columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from api.questions.answers import Value, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from api.language import Language
    from api.questions.answers import QuestionAnswer
    from graph.results import Table
    from ontology.iris import Iris
    from queries.catalogue import Column, View

Form: TypeAlias = Literal["bar", "line"]
Fold: TypeAlias = Literal["sum", "mean", "max", "min", "each"]

TABLE: Final = "table"
NUMBERS: Final = frozenset({"integer", "number"})
# What lines run over.
SPANS: Final = frozenset({"integer", "date"})
_ACTORS: Final = ("body", "group", "person", "post", "provisional")
# Columns that count something, so that adding and comparing them says something.
_COUNTS: Final = frozenset({"activities", "all", "alone", "items"})
_UNIT: Final = "unitLabel"
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")
_YEARS: Final = range(1900, 2201)


@dataclass(frozen=True, slots=True)
class ChartColumns:
    """
    Which columns a chart draws, and how.

    `y` of None counts rows.  Values of one place are put together by `fold`; each stands alone with «each».  `panel`
    is the column of units, since values of different units share no scale.
    """

    form: Form
    x: str
    y: str | None
    series: str | None = None
    panel: str | None = None
    fold: Fold = "sum"


@dataclass(frozen=True)
class AnswerShape:
    """The table of an answer with the kind of each column; `described` are the columns as people see them."""

    table: Table
    described: Sequence[Column]
    iris: Iris
    view: View | None = None

    @classmethod
    def of(cls, answer: QuestionAnswer, iris: Iris) -> AnswerShape:
        """The shape of the answer to a question, whose header says what is drawn at first."""
        return cls(answer.table, answer.question.columns, iris, answer.question.view)

    @cached_property
    def rows(self) -> list[dict[str, Value]]:
        """Each row as plain values by the names of the columns."""
        # Rows repeat their terms, as one object: each is converted once.
        terms = {id(term): term for term in chain.from_iterable(self.table.rows)}
        values = {key: plain_value(term) for key, term in terms.items()}
        columns = self.table.columns
        return [dict(zip(columns, [values[id(term)] for term in row], strict=True)) for row in self.table.rows]

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """By column: integer, number, truth, date, activity (IRIs, among which are activities), text, empty."""
        return {name: self._kind(name) for name in self.table.columns}

    @cached_property
    def shown(self) -> list[Column]:
        """The columns that people see."""
        return [column for column in self.described if not column.hidden and column.name in self.kinds]

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
        """What is drawn unless a person chooses otherwise; None where nothing in the answer counts or measures."""
        if self.view is None:
            return self._guessed()
        return self._named(self.view) if self.view.x and self.view.y else self._counted(self.view)

    def unit_of(self, y: str | None) -> str | None:
        """The column of units of these values."""
        return _UNIT if y is not None and y not in _COUNTS and self.kinds.get(_UNIT) == "text" else None

    def _named(self, view: View) -> ChartColumns | None:
        """What the header names, if it holds numbers."""
        assert view.x
        assert view.y
        if self.kinds[view.y] not in NUMBERS:
            return None
        if self.kinds[view.x] == "integer":
            return ChartColumns("line", view.x, view.y, view.series, self.unit_of(view.y), fold="each")
        return ChartColumns("bar", view.x, view.y)

    def _counted(self, view: View) -> ChartColumns | None:
        """Counts by the text before them, unless rows are pairs."""
        if view.kind == "network":
            return None
        shown = [column.name for column in self.shown]
        for place, name in enumerate(shown):
            if name in _COUNTS and self.kinds.get(name) == "integer":
                texts = [other for other in shown[:place] if self.kinds.get(other) == "text"]
                named = "name" if "name" in texts else texts[-1] if texts else None
                return ChartColumns("bar", named, name) if named else None
        return None

    def _guessed(self) -> ChartColumns | None:
        """Values by the first text, over years where there is a column of years."""
        names = [column.name for column in self.shown]
        years = next((name for name in names if self._is_years(name)), None)
        value = next((name for name in names if self.kinds[name] in NUMBERS and name != years), None)
        text = next((name for name in names if self.kinds[name] == "text"), None)
        if value is None:
            return None
        if years is not None:
            return ChartColumns("line", years, value, text, self.unit_of(value), fold="mean")
        return ChartColumns("bar", text, value, panel=self.unit_of(value)) if text else None

    def _is_years(self, name: str) -> bool:
        return self.kinds[name] == "integer" and all(
            row[name] is None or (isinstance(row[name], int) and row[name] in _YEARS) for row in self.rows
        )

    def _kind(self, name: str) -> str:
        values = [row[name] for row in self.rows if row[name] is not None]
        if not values:
            return "empty"
        types = {type(value) for value in values}
        if types <= {int, float}:
            return "integer" if types == {int} else "number"
        if types == {bool}:
            return "truth"
        if all(isinstance(value, str) and _DAY.fullmatch(value) for value in values):
            return "date"
        home = self._home
        return "activity" if any(isinstance(value, str) and value.startswith(home) for value in values) else "text"

    def _is_activity(self, value: Value) -> bool:
        return isinstance(value, str) and value.startswith(self._home)

    @cached_property
    def _home(self) -> str:
        """What the IRIs of activities begin with."""
        return f"{self.iris.base}id/activity/"


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
    """What a view is called."""
    _ = language.text
    return {TABLE: _("Table"), "chart": _("Chart"), "network": _("Network"), "timeline": _("Timeline")}[view.name]
