"""A chart that a person makes of an answer: which columns, bars or lines; what is chosen stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from api.questions.answer_views import NUMBERS, SPANS, ChartColumns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.language import Language
    from api.questions.answer_views import AnswerShape, Fold, Form

# Names in the address; no question has a parameter that is called so.
CHART_PARAMETERS: Final = ("chart", "x", "y", "series", "fold")
_FORMS: Final = ("bar", "line")
_FOLDS: Final = ("sum", "mean", "max", "min")


class ChartChoiceError(ValueError):
    """A choice that the answer cannot feed; `template` and `values` make the message."""

    def __init__(self, template: str, /, **values: object) -> None:
        self.template, self.values = template, values
        super().__init__(template.format(**values))


@dataclass(frozen=True, slots=True)
class ChartField:
    """One list of the form: values with their words, and which of them is drawn."""

    name: str
    label: str
    value: str
    choices: Sequence[tuple[str, str]]


def chart_asked(shape: AnswerShape, asked: Mapping[str, str]) -> ChartColumns | None:
    """
    The chart that the address asks for, or what the answer draws by itself; None if neither.

    Raises:
        ChartChoiceError: A column that the answer does not show, one that holds no numbers or years, or no such form.
    """
    if not any(asked.get(name) for name in CHART_PARAMETERS):
        return shape.chart
    own = shape.chart
    x = _visible(shape, asked.get("x")) or (own.x if own else next(iter(_categories(shape)), ""))
    y = _visible(shape, asked.get("y")) or (own.y if own and not asked.get("x") else None)
    series = _visible(shape, asked.get("series"))
    _require(shape, "x", x, _categories(shape))
    _require(shape, "y", y, _values(shape))
    _require(shape, "series", series, _categories(shape))
    form = asked.get("chart") or ("line" if own and own.x == x and own.form == "line" else "bar")
    fold = asked.get("fold") or ("mean" if form == "line" else "sum")
    if form not in _FORMS or fold not in _FOLDS:
        wrong, known = (form, _FORMS) if form not in _FORMS else (fold, _FOLDS)
        raise ChartChoiceError("A chart knows no «{value}», only {known}", value=wrong[:80], known=", ".join(known))
    if form == "line" and shape.kinds[x] not in SPANS:
        raise ChartChoiceError("Lines run over years or dates; column «{column}» holds none", column=x)
    return ChartColumns(cast("Form", form), x, y, series, shape.unit_of(y), cast("Fold", fold))


def chart_fields(shape: AnswerShape, chart: ChartColumns | None, language: Language) -> list[ChartField]:
    """The form in which a chart of the answer is made; empty if the answer has no rows."""
    _ = language.text
    categories = _categories(shape)
    if not categories:
        return []
    titles = {column.name: column.title.in_language(language.code) for column in shape.shown}
    spans = [name for name in categories if shape.kinds[name] in SPANS]
    forms = [("bar", _("bars")), *([("line", _("lines over years"))] if spans else [])]
    folds = [("sum", _("sum")), ("mean", _("mean")), ("max", _("greatest")), ("min", _("least"))]
    shown = chart or ChartColumns("bar", categories[0], None)
    fields = [
        ChartField("chart", _("form"), shown.form, forms),
        ChartField("x", _("category or year"), shown.x, [(name, titles[name]) for name in categories]),
        ChartField(
            "y",
            _("value"),
            shown.y or "",
            [("", _("number of rows")), *((name, titles[name]) for name in _values(shape))],
        ),
        ChartField(
            "series",
            _("series"),
            shown.series or "",
            [("", _("none")), *((name, titles[name]) for name in categories)],
        ),
    ]
    if _values(shape):
        fold = shown.fold if shown.fold in _FOLDS else "mean"
        fields.append(ChartField("fold", _("several values in one place"), fold, folds))
    return fields


def _categories(shape: AnswerShape) -> list[str]:
    return [column.name for column in shape.shown if shape.kinds[column.name] != "empty"]


def _values(shape: AnswerShape) -> list[str]:
    return [column.name for column in shape.shown if shape.kinds[column.name] in NUMBERS]


def _visible(shape: AnswerShape, name: str | None) -> str | None:
    """The column that people see in place of one of things, else the same."""
    return next((column.name for column in shape.shown if name and column.link == name), name or None)


def _require(shape: AnswerShape, role: str, name: str | None, known: Sequence[str]) -> None:
    if name is None or name in known:
        return
    if role == "y" and name in shape.kinds:
        raise ChartChoiceError("Column «{column}» holds no numbers", column=name)
    raise ChartChoiceError(
        "The answer shows no column «{column}»; it shows {known}", column=name[:80], known=", ".join(known) or "–"
    )
