"""The made-up roadmaps of `bench.corpus`: built, read and extracted; figures may not fall below those measured."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from bench.corpus.building import build, file_bytes, in_format, open_documents
from bench.corpus.gold import gold
from bench.corpus.model import Document, Format, plain
from bench.corpus_score import GOALS, Figures, load_scorer, mean, read_back
from loaders.cells import Table
from loaders.reading import read_document
from ontology.reference import Reference, load_reference

DOCUMENTS = {document.id: document for document in open_documents()}
# Every figure that is not listed is 1.
FLOORS: Mapping[tuple[str, str], float] = {
    ("c02", "entity"): 0.96,
}

Extractions = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpus")
    return {document.id: path for document, path, _ in build(list(DOCUMENTS.values()), folder)}


@pytest.fixture(scope="session")
def extractions(files: Mapping[str, Path]) -> Extractions:
    reference: Reference = load_reference()
    return {id_: read_back(DOCUMENTS[id_], path, reference) for id_, path in files.items()}


@pytest.fixture(scope="session")
def score(shared: Path) -> Callable[[dict[str, Any], dict[str, Any], bool], Figures]:
    return load_scorer(shared / "gold" / "score.py")


def test_the_documents_cover_formats_levels_and_subjects() -> None:
    subjects = {each.territory.federal_subject for each in DOCUMENTS.values() if each.territory}

    assert len(DOCUMENTS) >= 22
    assert len({each.format for each in DOCUMENTS.values()}) == 12
    assert len({each.level for each in DOCUMENTS.values()}) == 6
    assert len(subjects - {None}) >= 15


@pytest.mark.parametrize("id_", DOCUMENTS)
def test_the_same_description_gives_the_same_bytes(id_: str) -> None:
    assert file_bytes(DOCUMENTS[id_]) == file_bytes(DOCUMENTS[id_])


@pytest.mark.parametrize("id_", DOCUMENTS)
def test_the_reader_keeps_every_text_in_its_column(id_: str, files: Mapping[str, Path]) -> None:
    document = DOCUMENTS[id_]
    columns = columns_of(files[id_], labels_of(document))
    wanted = [
        text
        for item in document.rows()
        for text in (item.activity, item.indicator, item.result, item.responsible)
        if text
    ]

    assert [text for text in wanted if not any(squeezed(text) in column for column in columns)] == []


def columns_of(path: Path, labels: set[str]) -> list[str]:
    """The texts of each column one after another without blanks, heads left out, so that cut cells are whole again."""
    tables = [block for block in read_document(path).blocks if isinstance(block, Table)]
    cells = [cell for table in tables for cell in table.cells if squeezed(cell.text) not in labels]
    width = max(cell.column for cell in cells)
    return ["".join(squeezed(cell.text) for cell in cells if cell.column == column) for column in range(1, width + 1)]


def labels_of(document: Document) -> set[str]:
    tables = [block.table for block in document.blocks if block.table is not None]
    labels = {squeezed(cell.text) for table in tables for row in table.head_cells() for cell in row}
    return labels | {str(number) for number in itertools.islice(itertools.count(1), 12)}


def squeezed(text: str) -> str:
    return re.sub(r"[\s⁰¹²³⁴-⁹]+", "", plain(text))


@pytest.mark.parametrize("id_", DOCUMENTS)
def test_no_figure_of_a_document_falls(
    id_: str, extractions: Extractions, score: Callable[[dict[str, Any], dict[str, Any], bool], Figures]
) -> None:
    figures = score(gold(DOCUMENTS[id_]), dict(extractions[id_]), False)
    fallen = {
        field: value
        for field in GOALS
        if (value := figures.get(field)) is not None and value < FLOORS.get((id_, field), 1.0)
    }

    assert fallen == {}


def test_the_goals_are_reached(
    extractions: Extractions, score: Callable[[dict[str, Any], dict[str, Any], bool], Figures]
) -> None:
    found = [score(gold(DOCUMENTS[id_]), dict(extraction), False) for id_, extraction in extractions.items()]

    missed = {field: mean(found, field) for field, goal in GOALS.items() if (mean(found, field) or 0.0) < goal}

    assert missed == {}


@pytest.mark.parametrize("kind", get_args(Format))
@pytest.mark.parametrize("id_", ["c04", "c10", "c17"])
def test_the_rows_are_the_same_in_every_format(id_: str, kind: Format, tmp_path: Path) -> None:
    document = in_format(DOCUMENTS[id_], kind)
    path = tmp_path / document.file
    path.write_bytes(file_bytes(document))

    found = read_back(document, path, load_reference())

    assert [(row["number"], row["activity"] or row["indicator"], titles(row)) for row in found["rows"]] == [
        (row["number"], row["activity"] or row["indicator"], titles(row)) for row in gold(document)["rows"]
    ]


def titles(row: Mapping[str, Any]) -> list[str]:
    return [step["title"] for step in row["section_path"]]
