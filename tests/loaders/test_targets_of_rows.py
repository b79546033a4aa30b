"""Targets whose number, unit and year stand in cells of their own."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.cells import Cell, Origin, SourceDocument, Table
from loaders.extract import extract_document
from loaders.extraction import Target
from loaders.profile import Profile
from ontology.reference import Reference


def targets(rows: Sequence[Sequence[str]], reference: Reference) -> list[Target]:
    """The targets of the first row of a table, its labels given first."""
    cells = tuple(
        Cell(row, column, text, Origin(f"R{row}C{column}"))
        for row, texts in enumerate(rows, start=1)
        for column, text in enumerate(texts, start=1)
    )
    document = SourceDocument("план.html", "0" * 64, "html", (Table(1, cells, Origin("R1")),))
    return extract_document(document, reference=reference, profile=Profile()).rows[0].targets


def test_plan_and_fact_of_one_year_are_two_even_if_they_are_equal(reference: Reference) -> None:
    found = targets(
        [
            ["№", "Показатель", "Единица измерения", "2023 год план", "2023 год факт"],
            ["1", "Число кружков", "ед.", "3", "3"],
        ],
        reference,
    )

    assert [(one.year, one.value, one.unit, one.status) for one in found] == [
        (2023, 3.0, "ед.", "target"),
        (2023, 3.0, "ед.", "actual"),
    ]


def test_a_bare_number_takes_the_unit_of_its_row(reference: Reference) -> None:
    found = targets(
        [
            ["№", "Мероприятие", "Срок", "Ответственный", "Показатель реализации", "Ед. изм."],
            ["1", "Провести курсы", "май 2023 г.", "директор", "85", "%"],
        ],
        reference,
    )

    assert [(one.value, one.unit) for one in found] == [(85.0, "%")]


def test_a_base_value_is_no_target_to_be_reached(reference: Reference) -> None:
    found = targets(
        [
            ["№", "Показатель", "Единица измерения", "Базовое значение (2023 год)", "2024 год"],
            ["1", "Число кружков", "ед.", "3", "5"],
        ],
        reference,
    )

    assert [(one.year, one.value, one.status) for one in found] == [(2023, 3.0, "baseline"), (2024, 5.0, "target")]
