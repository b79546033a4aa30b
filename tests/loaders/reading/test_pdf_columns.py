"""Tables of PDF files that no line rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.corpus.building import file_bytes, in_format, open_documents
from bench.corpus.gold import gold
from bench.corpus_score import read_back
from loaders.reading.pdf_columns import find_columns
from ontology.reference import load_reference


@dataclass
class Printed:
    text: str
    left: float
    right: float
    base: float


def runs(*lines: list[tuple[str, float]], pitch: float = 12.0) -> list[Printed]:
    """Six points a letter; each line has texts with where they begin."""
    return [
        Printed(text, left, left + 6 * len(text), 700 - pitch * at)
        for at, line in enumerate(lines)
        for text, left in line
    ]


HEAD = [("№", 40.0), ("Мероприятие", 70.0), ("Срок", 250.0)]


def texts(lines: list[Printed]) -> list[list[str]]:
    (found,) = find_columns(lines)
    return [[run.text for run in row.runs()] for row in found.rows]


def test_numbers_part_rows_whose_lines_stand_evenly() -> None:
    lines = runs(
        HEAD,
        [("1", 40.0), ("Провести", 70.0), ("май", 250.0)],
        [("семинар", 70.0)],
        [("2", 40.0), ("Издать приказ", 70.0), ("июнь", 250.0)],
    )

    assert texts(lines) == [
        ["№", "Мероприятие", "Срок"],
        ["1", "Провести", "семинар", "май"],
        ["2", "Издать приказ", "июнь"],
    ]


def test_a_title_over_the_columns_parts_no_table() -> None:
    lines = runs(
        HEAD,
        [("1", 40.0), ("Провести семинар", 70.0), ("май", 250.0)],
        [("Раздел 2. Подготовка кадров для школ округа", 40.0)],
        [("2", 40.0), ("Издать приказ", 70.0), ("июнь", 250.0)],
    )

    (found,) = find_columns(lines)

    assert [row.spanning for row in found.rows] == [False, False, True, False]


@pytest.mark.parametrize("columns", [1, 2])
def test_prose_and_approvals_side_by_side_are_no_table(columns: int) -> None:
    line = [("Слова одного абзаца", 40.0), ("Слова другого", 300.0)][:columns]

    assert find_columns(runs(*[line] * 6)) == []


@pytest.mark.parametrize("id_", ["c01", "c08", "c12", "c18", "c20"])
def test_a_plan_without_ruled_lines_is_read_as_with_them(id_: str, tmp_path: Path) -> None:
    document = next(in_format(each, "pdf") for each in open_documents() if each.id == id_)
    unruled = tuple(
        block.model_copy(update={"table": block.table.model_copy(update={"bordered": False})}) if block.table else block
        for block in document.blocks
    )
    document = document.model_copy(update={"blocks": unruled})
    path = tmp_path / document.file
    path.write_bytes(file_bytes(document))

    found = read_back(document, path, load_reference())

    assert [(row["number"], row["activity"] or row["indicator"]) for row in found["rows"]] == [
        (row["number"], row["activity"] or row["indicator"]) for row in gold(document)["rows"]
    ]
