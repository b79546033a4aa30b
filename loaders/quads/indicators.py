"""What is measured and how much is wanted (`Indicator`, `Target`, `DatedTarget`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import NamedNode

from loaders.extraction import Target
from loaders.quads.document import Document
from loaders.quads.source import StatedCell, StatedRow
from loaders.values.themes import themes_of_text
from ontology.iris import concept
from ontology.vocabulary import CMP, QB, UNIT, VEKHA

_COMPARATORS = {
    "=": CMP.exactly,
    ">=": CMP.at_least,
    "<=": CMP.at_most,
    ">": CMP.more_than,
    "<": CMP.less_than,
    "+": CMP.increase,
    "-": CMP.decrease,
}
# The first pattern that fits; any other noun («слушателей», «школ») is counted.
_UNITS = (
    (re.compile(r"%|процент\w*", re.IGNORECASE), UNIT.percent),
    (re.compile(r"балл\w*", re.IGNORECASE), UNIT.score),
    (re.compile(r"мб(?:ит)?\s*/\s*с(?:ек)?\.?", re.IGNORECASE), UNIT.megabit_per_second),
    (
        re.compile(r"(?:тыс\.?|млн\.?|млрд\.?)?\s*руб\w*\.?|к?м²?|кв\.?\s*м\.?|га|кг|[гт]б(?:айт)?", re.IGNORECASE),
        UNIT.other,
    ),
)
_CLAUSE_END = re.compile(r";\s*|\n+|(?<=[а-яё)»])\.\s+(?=[А-ЯЁ])")
_NAMING_WORD = re.compile(r"\b(?!год|менее|более|ниже)[^\W\d_]{4,}")


def state_indicators(document: Document, stated: StatedRow, entry: NamedNode) -> list[NamedNode]:
    """The indicators of a row: one for each series of years and for each value without a year."""
    indicators = []
    groups = list(_groups(stated.row.targets))
    columns = {targets[0].column for targets in groups}
    if stated.row.indicator and not columns & {"indicator", None}:
        groups.insert(0, [])
    for ordinal, targets in enumerate(groups, 1):
        indicator = document.iris.part_of(entry, "indicator", ordinal)
        document.statements.add(entry, VEKHA.indicator, indicator)
        _state_indicator(document, stated, indicator, targets)
        cell = _cell_of_targets(stated, targets)
        for number, target in enumerate(targets, 1):
            suffix = str(target.year) if target.year else f"v{number}"
            iri = document.iris.part_of(entry, "target", ordinal, suffix)
            _state_target(document, iri, indicator, target, cell)
        indicators.append(indicator)
    return indicators


def _state_indicator(document: Document, stated: StatedRow, indicator: NamedNode, targets: list[Target]) -> None:
    statements, row = document.statements, stated.row
    cell = _cell_of_targets(stated, targets)
    text = cell.cell.text if cell else row.indicator or row.activity or ""
    statements.is_a(indicator, VEKHA.Indicator)
    statements.add(indicator, VEKHA.roadmap, document.roadmap)
    statements.verbatim(indicator, VEKHA.text, text, redacted=VEKHA.redactedText)
    name = _name_of_quantity(text, targets, row.activity)
    statements.label(indicator, name)
    for theme in themes_of_text(name):
        statements.add(indicator, VEKHA.theme, concept("theme", theme))
    if cell is not None:
        statements.add(indicator, VEKHA.statedIn, cell.iri)


def _state_target(
    document: Document, iri: NamedNode, indicator: NamedNode, target: Target, cell: StatedCell | None
) -> None:
    statements = document.statements
    statements.add(indicator, VEKHA.target, iri)
    statements.is_a(iri, VEKHA.Target)
    if target.year is not None:
        statements.is_a(iri, VEKHA.DatedTarget)
        statements.integer(iri, VEKHA.year, target.year)
        statements.add(iri, QB.dataSet, VEKHA.targetCube)
    statements.decimal(iri, VEKHA.value, target.value)
    statements.add(iri, VEKHA.comparator, _COMPARATORS[target.comparator])
    statements.add(iri, VEKHA.unit, _unit(target.unit))
    statements.verbatim(iri, VEKHA.unitText, target.unit)
    statements.string(iri, VEKHA.perPeriod, target.period)
    statements.add(iri, VEKHA.valueStatus, concept("status", target.status))
    statements.verbatim(iri, VEKHA.rawText, target.raw)
    if cell is not None:
        statements.add(iri, VEKHA.statedIn, cell.iri)


def _groups(targets: list[Target]) -> Iterator[list[Target]]:
    """Values of one column with different years are one series; a value without a year stands alone."""
    series: dict[str | None, list[Target]] = {}
    for target in targets:
        current = series.get(target.column)
        if target.year is None:
            yield [target]
        elif current is None or any(known.year == target.year for known in current):
            if current is not None:
                yield current
            series[target.column] = [target]
        else:
            current.append(target)
    yield from series.values()


def cell_of_target(stated: StatedRow, target: Target) -> StatedCell | None:
    """The cell in which the target is stated."""
    return _cell_of_targets(stated, [target])


def _cell_of_targets(stated: StatedRow, targets: list[Target]) -> StatedCell | None:
    if targets and targets[0].column:
        return stated.cell(targets[0].column) or stated.main_cell()
    return stated.cell("indicator", "result-or-indicator", "target", "result") or stated.main_cell()


def _unit(printed: str | None) -> NamedNode:
    return next((unit for pattern, unit in _UNITS if pattern.fullmatch(printed or "")), UNIT.count)


def _name_of_quantity(text: str, targets: list[Target], activity: str | None) -> str:
    """
    The words that say what is measured.

    «2020 г. – 20; 2021 г. – 20» names nothing (D1, all rows): there the activity itself is the only name.
    """
    if not targets:
        return text
    clause = next((part for part in _CLAUSE_END.split(text) if part and targets[0].raw in part), text)
    rest = clause
    for target in targets:
        rest = rest.replace(target.raw, " ")
    named = clause if _NAMING_WORD.search(rest) else activity or text
    return " ".join(named.split())
