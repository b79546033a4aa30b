"""
The whole extraction of the five examples.

Their rows as texts are compared with `tests/loaders/expected/<stem>.json`.  After a change that is meant, look at the
difference and rewrite the files with `python -m pytest tests/loaders/test_extract.py --accept`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from csv import DictReader
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from loaders.cells import Cell, Origin, Paragraph, SourceDocument, Table, UnreadableDocumentError
from loaders.extract import extract, extract_document
from loaders.extraction import Extraction, Row
from loaders.profile import Profile, ProfileError
from ontology.reference import Reference, load_reference

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))
EXPECTED = Path(__file__).parent / "expected"
STEMS = [path.stem for path in EXAMPLES]
HEAD = "№\tМероприятие\tСроки\tОтветственный\n"


@cache
def reference() -> Reference:
    return load_reference()


@cache
def example(stem: str, *, with_profile: bool = False) -> Extraction:
    path = ROOT / "examples" / f"{stem}.txt"
    return extract(path, reference=reference(), profile=None if with_profile else Profile())


def activities(stem: str) -> list[Row]:
    return [row for row in example(stem).rows if row.kind == "activity"]


def of_text(folder: Path, text: str, name: str = "план.txt", **options: Any) -> Extraction:  # noqa: ANN401
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return extract(path, reference=reference(), **options)


def text_layer(row: Row) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "table": row.place.table,
        "section": [[step.number, step.title] for step in row.section_path],
        "number": row.number,
        "lines": row.place.lines,
        "cells": {f"{cell.column} {cell.role}": cell.text for cell in row.cells if cell.text},
        "warnings": row.warnings,
    }


@pytest.mark.parametrize("stem", STEMS)
def test_the_rows_are_as_expected(stem: str, golden: Callable[[Path, str], None]) -> None:
    found = [text_layer(row) for row in example(stem).rows]

    golden(EXPECTED / f"{stem}.json", json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def test_the_rows_are_counted() -> None:
    kinds = [Counter(row.kind for row in example(stem).rows) for stem in STEMS]

    assert [count["activity"] for count in kinds] == [18, 18, 37, 17, 59]
    assert kinds[3] == {"activity": 17, "result": 6, "form-item": 72}


def test_the_two_forms_have_their_items_by_block() -> None:
    items = [row for row in example(STEMS[3]).rows if row.kind == "form-item"]
    blocks = Counter((row.place.table, row.section_path[0].title.split(",")[0][:40], row.level) for row in items)

    assert [(table, level, count) for (table, _, level), count in blocks.items()] == [
        ("t3", "school", 3),
        ("t3", "municipality", 6),
        ("t3", "municipality", 13),
        ("t3", "hub", 1),
        ("t3", "region", 6),
        ("t4", None, 4),
        ("t4", None, 10),
        ("t4", None, 19),
        ("t4", None, 10),
    ]


def test_deadlines_and_targets_are_counted() -> None:
    kinds = Counter(
        part.kind for stem in STEMS for row in activities(stem) if row.deadline for part in row.deadline.parts
    )
    targets = [target for stem in STEMS for row in example(stem).rows for target in row.targets]

    assert kinds == {
        "window": 88,
        "recurrence": 27,
        "due-by": 22,
        "by-external-schedule": 8,
        "continuous": 2,
        "triggered": 1,
        "point-date": 1,
        "underspecified": 1,
    }
    assert sum(target.year is not None for target in targets) == 102


def gold_rows(shared: Path) -> dict[str, list[dict[str, str]]]:
    with (shared / "gold" / "seed-rows.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(DictReader(lines, delimiter="\t"))
    return {stem: [row for row in rows if row["file"] == f"{stem}.txt"] for stem in STEMS}


def bare(text: str | None) -> str:
    return re.sub(r"\s", "", text or "").lower().replace("ё", "е")


@pytest.mark.parametrize("stem", STEMS)
def test_texts_places_and_anomalies_are_those_of_the_gold(shared: Path, stem: str) -> None:
    for gold, row in zip(gold_rows(shared)[stem], activities(stem), strict=True):
        cells = {cell.role: cell.text for cell in row.cells}
        actors = cells.get("responsible") or cells.get("participant-or-organizer")
        deadline = row.deadline.raw if row.deadline else None
        printed = (row.activity, row.indicator, row.result, row.assessment, deadline, actors)
        wanted = ("activity", "indicator_cell", "result_cell", "assessment_cell", "deadline_cell", "actor_cell")
        assert [bare(text) for text in printed] == [bare(gold[name]) for name in wanted], gold["id"]
        assert ",".join(map(str, row.place.lines)) == gold["file_lines"]
        assert (row.number or "") == gold["printed_number"]
        # Misprints and missing years are ours to tell; the gold's list has only what the layout shows.
        assert set(row.warnings) - {"misprint", "year-missing"} == set(filter(None, gold["row_quality"].split(",")))


def test_the_scorer_finds_nothing_wrong(shared: Path, tmp_path: Path) -> None:
    for stem in STEMS:
        (tmp_path / f"{stem[:3]}.json").write_text(json.dumps(example(stem).to_json(), ensure_ascii=False), "utf-8")

    scored = subprocess.run(
        [sys.executable, str(shared / "gold" / "score.py"), str(shared / "gold" / "seeds"), str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    )

    overall = re.search(r"OVERALL (\S+)", scored.stdout)
    assert overall is not None
    assert float(overall[1]) >= 0.99, scored.stdout


@pytest.mark.parametrize("stem", STEMS)
def test_every_cell_lies_where_it_says(stem: str) -> None:
    source = (ROOT / "examples" / f"{stem}.txt").read_text(encoding="utf-8")

    for row in example(stem).rows:
        for cell in row.cells:
            there = "".join(source[part.start : part.end] for part in cell.fragments)
            there = re.sub(r"</?(?:p|u|ul)\b[^>]*>", "", there)
            assert re.sub(r"\W", "", there) == re.sub(r"\W", "", cell.text)


@pytest.mark.parametrize("stem", STEMS)
def test_actors_lie_in_their_cell(stem: str) -> None:
    for row in example(stem).rows:
        texts = [cell.text for cell in row.cells]
        for actor in row.responsible:
            assert any(text[actor.start : actor.end] == actor.raw for text in texts)


def test_the_head_of_the_city_model() -> None:
    found = example(STEMS[3])

    assert found.title == "Модель сетевой методической службы г.Томска на 2021-2024 гг."
    assert found.level == "municipality"
    assert [act.number for act in found.acts] == ["420р", "236-р", "662р", "763-р", "2"]
    assert [act.role for act in found.acts] == ["approves", *["cites"] * 4]
    assert [point.number for point in found.provisions] == [f"{number}." for number in range(1, 8)]
    assert [one.level for one in found.levels] == ["interregional", "region", "hub", "municipality", "school"]
    assert [[actor.raw for actor in one.actors] for one in found.levels][2:4] == [
        ["Томск-Томский район"],
        ["МАУ ИМЦ", "ПМПК"],
    ]
    assert len(found.footnotes) == 13
    assert all(note.applies_to for note in found.footnotes)


def test_a_footnote_of_a_heading_belongs_to_the_column() -> None:
    (note,) = example(STEMS[1]).footnotes

    assert (note.mark, note.applies_to, note.line) == ("¹", "Показатель реализации", 13)


def test_the_glossary_comes_in_the_order_of_the_document() -> None:
    assert [entry.short for entry in example(STEMS[4]).glossary][:7] == [
        "ЦНППМПР ПК", "ГАУ ДПО ПК ИРО", "УО АХМО", "ОМР", "ОО ХМО", "МГУО", "ДК",
    ]  # fmt: skip


def test_times_outside_the_deadline_column_are_kept() -> None:
    times = {
        row.ordinal: [time.deadline.raw for time in row.other_times] for row in activities(STEMS[4]) if row.other_times
    }

    assert [raw for raws in times.values() for raw in raws] == [
        "По мере необходимости",
        "По плану работу УО АХМО",
        "по отдельному плану",
        "Ежегодно, июнь",
        "По отдельному плану УО АХМО, ОМР",
        "не реже одного раза в полугодие",
    ]


def test_the_profile_adds_what_only_a_person_knows() -> None:
    themes = {row.number: row.themes for row in example(STEMS[0], with_profile=True).rows}

    assert example(STEMS[0], with_profile=True).roadmap == "tomsk-obl-mr"
    assert [theme.basis for theme in themes["7."] if theme.theme == "mentoring"] == ["context"]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16"])
@pytest.mark.parametrize("stem", STEMS)
def test_the_character_set_changes_no_row(tmp_path: Path, stem: str, encoding: str) -> None:
    text = (ROOT / "examples" / f"{stem}.txt").read_text(encoding="utf-8")
    # Who wrote in such a character set had no footnote marks, dashes or angle quotes.
    if encoding != "utf-16":
        text = text.translate(str.maketrans({"–": "-", "«": '"', "»": '"', "№": "N", **dict.fromkeys("¹²³⁰⁴⁵⁶⁷⁸⁹")}))
        text = text.encode(encoding, "ignore").decode(encoding)
    (tmp_path / "encoded.txt").write_bytes(text.encode(encoding))

    encoded = extract(tmp_path / "encoded.txt", reference=reference(), profile=Profile())
    plain = of_text(tmp_path, text, "plain.txt", profile=Profile())

    assert [text_layer(row) for row in encoded.rows] == [text_layer(row) for row in plain.rows]
    assert Counter(row.kind for row in encoded.rows) == Counter(row.kind for row in example(stem).rows)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Просто текст без таблиц.\n", "no table was found"),
        ("Адрес\tТелефон\tПочта\nул. Мира\t12-34\ta@b.ru\n", "«Адрес», «Телефон», «Почта»"),
    ],
)
def test_a_document_without_a_plan_is_refused_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=said) as refused:
        of_text(tmp_path, text)

    assert str(refused.value).startswith("план.txt: ")
    assert "Мероприятие" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_profile_can_name_the_columns_of_a_table(tmp_path: Path) -> None:
    text = "А\tБ\tВ\nПровести семинар\tмай 2021\tМАУ ИМЦ\nИздать приказ\tиюнь 2021\tМАУ ИМЦ\n"
    profile = Profile.model_validate(
        {"tables": {"t1": {"kind": "activities", "columns": {1: "activity", 2: "deadline", 3: "responsible"}}}}
    )

    rows = of_text(tmp_path, text, profile=profile).rows

    assert [row.activity for row in rows][-2:] == ["Провести семинар", "Издать приказ"]


def test_an_unreadable_deadline_is_told_with_its_place(tmp_path: Path) -> None:
    found = of_text(tmp_path, HEAD + "1\tПровести семинар\tдо 31.02.2022\tМАУ ИМЦ\n")

    (warning,) = found.warnings
    assert (warning.code, warning.place) == ("unreadable-deadline", "строка 2, столбец 3")
    assert "31.02.2022" in warning.message
    assert found.rows[0].warnings == ["unreadable-deadline"]
    assert found.rows[0].deadline is not None
    assert found.rows[0].deadline.end is None


def test_a_left_out_row_is_told_with_its_place(tmp_path: Path) -> None:
    found = of_text(tmp_path, HEAD + "1\tПровести семинар\tмай 2021\tМАУ ИМЦ\nВсего\t\t\t5\n")

    assert [(warning.code, warning.place) for warning in found.warnings] == [("total-row", "строка 3, столбец 1")]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            {"cell": "строка 9, столбец 2", "expects": "Провести", "level": "school"},
            "no row has a cell at «строка 9, столбец 2»",
        ),
        (
            {"cell": "строка 2, столбец 2", "expects": "Издать", "level": "school"},
            "holds «Провести семинар», not «Издать»",
        ),
    ],
)
def test_an_override_that_no_longer_fits_is_refused(tmp_path: Path, override: dict[str, str], said: str) -> None:
    text = HEAD + "1\tПровести семинар\tмай 2021\tМАУ ИМЦ\n"

    with pytest.raises(ProfileError, match=said):
        of_text(tmp_path, text, profile=Profile.model_validate({"rows": [override]}))


def test_an_override_corrects_a_text_before_it_is_read(tmp_path: Path) -> None:
    text = HEAD + "1\tПровести семинар\tмай 20211\tМАУ ИМЦ\n"
    override = {"cell": "строка 2, столбец 3", "expects": "май 20211", "text": "май 2021"}

    (row,) = of_text(tmp_path, text, profile=Profile.model_validate({"rows": [override]})).rows

    assert row.deadline is not None
    assert row.deadline.start == "2021-05-01"


def test_columns_of_start_and_end_are_one_interval(tmp_path: Path) -> None:
    text = (
        "№\tМероприятие\tСрок начала\tСрок окончания\tОтветственный\n"
        "1\tПровести семинар\t01.03.2021\t15.04.2021\tМАУ ИМЦ\n2\tИздать приказ\t01.05.2021\t20.05.2021\tМАУ ИМЦ\n"
    )

    deadline = of_text(tmp_path, text).rows[0].deadline

    assert deadline is not None
    assert (deadline.start, deadline.end) == ("2021-03-01", "2021-04-15")


PLAN = [
    ["№", "Мероприятие", "Сроки", "Ответственный", "Значение 2021 год", "Значение 2022 год"],
    ["1", "Провести семинар, «круглый стол»", "май 2021", "МАУ ИМЦ", "10 %", "20 %"],
    ["2", "Издать приказ", "до 01.06.2021", "МАУ ИМЦ; ОО", "", ""],
    ["3", "Подвести итоги", "ежегодно", "ОО", "1", "1"],
]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("план.txt", "\n".join("\t".join(row) for row in PLAN)),
        ("план.tsv", "\n".join("\t".join(row) for row in PLAN)),
        ("строки.txt", "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in PLAN)),
        (
            "план.md",
            "\n".join(
                ["| " + " | ".join(row) + " |" for row in PLAN[:1]]
                + ["|---" * 6 + "|"]
                + ["| " + " | ".join(row) + " |" for row in PLAN[1:]]
            ),
        ),
        ("план.csv", "\r\n".join(";".join(map(quoted, row)) for row in PLAN)),
        (
            "страницы.txt",
            "\n\n17\n\n".join("\n".join("\t".join(row) for row in [PLAN[0], *part]) for part in (PLAN[1:2], PLAN[2:])),
        ),
    ],
)
def test_one_plan_in_any_layout_gives_the_same_rows(tmp_path: Path, name: str, text: str) -> None:
    rows = of_text(tmp_path, text, name, profile=Profile()).rows

    assert [(row.number, row.activity, row.deadline and row.deadline.raw) for row in rows] == [
        ("1", "Провести семинар, «круглый стол»", "май 2021"),
        ("2", "Издать приказ", "до 01.06.2021"),
        ("3", "Подвести итоги", "ежегодно"),
    ]
    assert [len(row.responsible) for row in rows] == [1, 2, 1]
    assert [[(target.year, target.value) for target in row.targets] for row in rows] == [
        [(2021, 10.0), (2022, 20.0)],
        [],
        [(2021, 1.0), (2022, 1.0)],
    ]


def test_the_order_in_a_table_of_approvals_approves_the_document() -> None:
    texts = [
        ["СОГЛАСОВАНО", "УТВЕРЖДАЮ"],
        ["Ректор института", "Начальник управления образования"],
        ["___ С.В. Белова", "___ Н.А. Чернова"],
        ["", "Приказ № 64 от 11.02.2022 г."],
    ]
    rows = [["№", "Мероприятие", "Срок", "Ответственный"], ["1", "Провести семинар", "май 2022", "ИМЦ"]]
    blocks = (_table(1, texts), Paragraph("Дорожная карта на 2022 год", Origin("абзац 1")), _table(2, rows))

    found = extract_document(
        SourceDocument("план.docx", "0" * 64, "docx", blocks), reference=reference(), profile=Profile()
    )

    assert [(act.number, act.date, act.role) for act in found.acts] == [("64", "2022-02-11", "approves")]


def test_approvals_set_by_tabs_are_read_one_beside_the_other() -> None:
    texts = [
        ["ПРИНЯТА", "", "", "УТВЕРЖДЕНА"],
        ["на собрании коллектива", "приказом директора гимназии", "", ""],
        ["протокол от 02.09.2024 № 3", "", "от 05.09.2024 № 118-од", ""],
    ]
    rows = [["№", "Мероприятие", "Срок", "Ответственный"], ["1", "Провести семинар", "май 2025", "ИМЦ"]]
    blocks = (_table(1, texts), Paragraph("Дорожная карта на 2025 год", Origin("абзац 1")), _table(2, rows))

    found = extract_document(
        SourceDocument("план.txt", "0" * 64, "txt", blocks), reference=reference(), profile=Profile()
    )

    approving = [(act.number, act.date) for act in found.acts if act.role == "approves"]
    assert approving == [("118-од", "2024-09-05")]


def _table(number: int, texts: list[list[str]]) -> Table:
    cells = tuple(
        Cell(row, column, text, Origin(f"т{number} {row}:{column}"))
        for row, line in enumerate(texts, start=1)
        for column, text in enumerate(line, start=1)
    )
    return Table(number, cells, Origin(f"т{number}"))
