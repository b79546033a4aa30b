from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from loaders.cells import Cell, Origin, SourceDocument, Table
from loaders.checks import check, check_completeness
from loaders.doubts import SENTENCES, Doubt, find_doubts
from loaders.extract import extract, extract_document
from loaders.extraction import Deadline, Extraction, RowCount
from loaders.profile import Profile, load_profile, profile_path
from loaders.reading import read_document
from ontology.reference import Reference, load_reference

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))
HEAD = ("№ п/п", "Мероприятие", "Сроки", "Ответственный", "Результат")


@cache
def reference() -> Reference:
    return load_reference()


def document(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> SourceDocument:
    cells = tuple(
        Cell(row, column, text, Origin(f"строка {row}, столбец {column}", first_line=row, last_line=row))
        for row, texts in enumerate((head, *rows), 1)
        for column, text in enumerate(texts, 1)
    )
    return SourceDocument("план.txt", "0" * 64, "txt", (Table(1, cells, Origin("таблица 1")),))


def plan(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> Extraction:
    return extract_document(document(*rows, head=head), reference=reference(), profile=Profile())


def of_text(folder: Path, text: str) -> Extraction:
    path = folder / "план.txt"
    path.write_text(text, encoding="utf-8")
    return extract(path, reference=reference(), profile=Profile())


def codes(doubts: list[Doubt]) -> list[str]:
    return [doubt.code for doubt in doubts]


ROW = ("1.", "Провести семинар", "май 2022 г.", "Департамент образования", "Отчет")
NEXT = ("2.", "Провести форум наставников", "июнь 2022 г.", "Департамент образования", "Отчет")


def test_a_sound_plan_passes_every_check() -> None:
    assert check(plan(ROW, NEXT)) == []


def test_a_text_of_nobody_and_of_no_time_is_told() -> None:
    extraction = plan(("1.", "Провести семинар", "май 2022 г.", "по распоряжению", "Отчет"), NEXT)
    row = extraction.rows[0]
    row.responsible.clear()
    row.deadline = Deadline("в рабочем порядке", "none")
    assert codes(check(extraction)) == ["actor-not-read", "deadline-not-read"]


def test_empty_cells_are_not_held_against_the_reading() -> None:
    found = plan(("1.", "Провести семинар", "", "", "Отчет"), ("2.", "Провести форум", "-", "нет", "Отчет"), NEXT)
    assert check(found) == []


def test_dates_outside_the_period_are_told(tmp_path: Path) -> None:
    text = "План мероприятий («дорожная карта») школы на 2021-2022 годы\n\n" + "\n".join(
        "\t".join(row)
        for row in (HEAD, ROW, ("2.", "Провести форум", "до 01.09.2023", "Департамент образования", "Отчет"))
    )
    found = check(of_text(tmp_path, text))
    assert [(doubt.code, doubt.number, doubt.text) for doubt in found] == [("outside-period", "2.", "до 01.09.2023")]


def test_targets_that_rise_and_fall_are_told_and_steady_ones_are_not() -> None:
    head = ("№", "Показатель", "Ед. изм.", "2021", "2022", "2023")
    found = check(
        plan(
            ("1", "Доля охваченных наставничеством педагогов", "%", "10", "40", "20"),
            ("2", "Доля обученных наставников", "%", "10", "20", "30"),
            ("3", "Доля вакансий в школах", "%", "30", "20", "10"),
            head=head,
        )
    )
    assert [(doubt.code, doubt.number, doubt.subject) for doubt in found] == [
        ("targets-go-up-and-down", "1", "2021: 10, 2022: 40, 2023: 20")
    ]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Полунина Н.А.", "Полунина Н.Л.", True),
        ("Шешерина Г.А.", "Шешерена Г.А.", True),
        ("Иванов И.И.", "Иванова И.И.", False),
        ("Петрова А.В.", "Сидорова М.К.", False),
    ],
)
def test_a_person_spelt_in_two_ways_is_told(one: str, other: str, told: bool) -> None:  # noqa: FBT001
    rows = [(f"{n}.", f"Провести семинар {n}", "май 2022 г.", one, "Отчет") for n in (1, 2)]
    found = check(plan(*rows, ("3.", "Провести форум", "май 2022 г.", other, "Отчет")))
    assert codes(found) == (["person-spelt-twice"] if told else [])
    if told:
        assert found[0].number == "3."
        assert found[0].subject == f"{other} / {one}"


def test_a_missing_section_is_told() -> None:
    sections = [("I. Первый этап", "", "", "", ""), ROW, ("III. Третий этап", "", "", "", ""), NEXT]
    assert "section-gap" in codes(check(plan(*sections)))
    whole = [("I. Первый этап", "", "", "", ""), ROW, ("II. Второй этап", "", "", "", ""), NEXT]
    assert "section-gap" not in codes(check(plan(*whole)))


def test_every_row_of_the_source_is_counted() -> None:
    source = document(ROW, NEXT)
    extraction = extract_document(source, reference=reference(), profile=Profile())
    assert check_completeness(source, extraction) == (RowCount(2, 2, 0), [])


def test_a_row_that_was_lost_is_told() -> None:
    source = document(ROW, NEXT)
    extraction = extract_document(source, reference=reference(), profile=Profile())
    del extraction.rows[1]
    count, found = check_completeness(source, extraction)
    assert (count.printed, count.read, count.unread) == (2, 1, 1)
    # «Департамент образования» and «Отчет» are lost in this row, wherever else they stand.
    assert {warning.code for warning in found} == {"text-not-read"}
    assert [warning.place for warning in found] == [f"строка 3, столбец {column}" for column in (1, 2, 3, 4, 5)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_of_the_examples_is_lost(path: Path) -> None:
    source = read_document(path)
    extraction = extract_document(source, reference=reference(), profile=load_profile(profile_path(path)))
    assert [warning.text for warning in extraction.warnings if warning.code == "text-not-read"] == []
    count = extraction.row_count
    assert count is not None
    assert (count.unread, count.read >= len(extraction.rows)) == (0, True)
    spelt = ["Полунина Н.А. / Полунина Н.Л."] if path.stem.startswith("002") else []
    assert [doubt.subject for doubt in check(extraction)] == spelt


def test_doubts_carry_their_cell_and_the_least_certain_come_first() -> None:
    found = find_doubts(
        plan(
            ("1.", "Провести семинар", "31.02.2022", "ГБУ «Центр Омега», Департамент образования", "Отчет"),
            ("2.", "Провести форум", "", "", "Отчет"),
        )
    )
    figures = [doubt.confidence for doubt in found if doubt.confidence is not None]
    assert figures == sorted(figures)
    assert all(doubt.confidence is None for doubt in found[len(figures) :])
    by_code = {doubt.code: doubt for doubt in found}
    assert by_code["unreadable-deadline"].text == "31.02.2022"
    assert by_code["unreadable-deadline"].place == "строка 2, столбец 3"
    unknown = [doubt.text[slice(*span)] for doubt in found if doubt.code == "unknown-actor" for span in doubt.marked]
    assert "ГБУ «Центр Омега»" in unknown
    assert {"empty-deadline", "empty-responsible"} <= set(by_code)


def test_rows_left_out_are_listed_with_their_text() -> None:
    found = find_doubts(plan(ROW, NEXT, ("", "Всего", "", "", "2")))
    assert [(doubt.code, doubt.kind) for doubt in found if doubt.kind == "left-out"] == [("total-row", "left-out")]
    assert "Всего" in next(doubt.text for doubt in found if doubt.code == "total-row")


def test_every_code_that_the_loaders_use_has_a_sentence() -> None:
    used: set[str] = set()
    for path in sorted((ROOT / "loaders").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                used |= _codes_of(node)
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and getattr(node.elts[1], "id", "")[:3] == "is_":
                # A reason beside its test, as in the loop over notes.
                used |= _text_of(node.elts[0])
    anomalies = ROOT / "loaders" / "layout" / "anomalies.py"
    for node in ast.walk(ast.parse(anomalies.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("empty-"):
            used.add(node.value)
    assert {"number-gap", "stamp", "empty-result", "total-row", "section-gap"} <= used
    assert sorted(used - set(SENTENCES) - {"page-number"}) == []


def _codes_of(call: ast.Call) -> set[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = {"Warning_": 0, "warning_about": 0, "_skip": 0, "Doubt": 0, "doubt_about": 1}.get(name)
    if name == "append" and isinstance(call.func, ast.Attribute):
        holder = call.func.value
        of_codes = (isinstance(holder, ast.Attribute) and holder.attr == "warnings") or (
            isinstance(holder, ast.Name) and holder.id == "found"
        )
        place = 0 if of_codes else None
    if place is None or len(call.args) <= place:
        return set()
    return _text_of(call.args[place])


def _text_of(node: ast.expr) -> set[str]:
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()
