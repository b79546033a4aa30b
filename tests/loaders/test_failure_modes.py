"""
What other readers of documents get wrong, each by name.

The first part has the faults reported of other programs, the second what their figures hide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.corpus.building import file_bytes
from bench.corpus.model import Document
from loaders.cells import Paragraph, Table, UnreadableDocumentError
from loaders.extract import extract
from loaders.extraction import Extraction
from loaders.profile import Profile
from loaders.reading import read_document
from ontology.reference import Reference

HEAD = [["№ п/п", "Мероприятие", "Срок", "Ответственный", "Результат"]]
COLUMNS = ["row", "activity", "deadline", "responsible", "result"]
LONG = (
    "Разработка и обсуждение с педагогическими коллективами школ плана методической работы на три года вперёд, "
    "который опирается на итоги диагностики, пожелания учителей и опыт наставников, накопленный за прошлые годы"
)


def item(number: str, activity: str, **more: object) -> dict[str, object]:
    actors = ["g школы района"] if "responsible" not in more else more.pop("actors", ["r директор"])
    return {
        "row": number,
        "activity": activity,
        "deadline": "май 2023 г.",
        "responsible": "школы района",
        "actors": actors,
        "result": "Приказ",
        **more,
    }


def described(kind: str, items: Sequence[Mapping[str, object]], **table: object) -> Document:
    return Document.model_validate(
        {
            "id": "x",
            "format": kind,
            "file": f"план.{kind}",
            "title": "План",
            "level": "region",
            "blocks": [
                {"p": "План мероприятий Омской области на 2022–2024 годы", "heading": True},
                {"table": {"columns": COLUMNS, "head": HEAD, "items": items, **table}},
            ],
        }
    )


def written(document: Document, folder: Path) -> Path:
    path = folder / document.file
    path.write_bytes(file_bytes(document))
    return path


def extracted(document: Document, folder: Path, reference: Reference) -> Extraction:
    return extract(written(document, folder), reference=reference, profile=Profile())


def activities(extraction: Extraction) -> list[str]:
    return [row.activity or "" for row in extraction.rows]


def sections(extraction: Extraction) -> list[str]:
    return [row.section_path[-1].title if row.section_path else "" for row in extraction.rows]


# Faults reported of other programs


@pytest.mark.parametrize("kind", ["docx", "odt", "html", "xlsx", "ods"])
def test_the_text_of_a_merged_cell_is_not_repeated(kind: str, tmp_path: Path, reference: Reference) -> None:
    document = described(
        kind,
        [
            {"section": "Кадры"},
            item("1", "Провести курсы"),
            item("2", "Издать сборник", same=["responsible"]),
        ],
    )
    tables = [block for block in read_document(written(document, tmp_path)).blocks if isinstance(block, Table)]
    texts = [cell.text for table in tables for cell in table.cells]

    assert texts.count("Кадры") == 1
    assert texts.count("школы района") == 1
    assert [row.responsible[0].raw for row in extracted(document, tmp_path, reference).rows] == ["школы района"] * 2


def test_a_row_that_starts_late_keeps_its_columns(tmp_path: Path, reference: Reference) -> None:
    document = described("docx", [item("1", "Провести курсы"), item("", "Издать сборник", late=1), item("2", "Итоги")])

    rows = extracted(document, tmp_path, reference).rows

    assert [(row.number, row.activity, row.deadline.raw if row.deadline else None) for row in rows] == [
        ("1", "Провести курсы", "май 2023 г."),
        (None, "Издать сборник", "май 2023 г."),
        ("2", "Итоги", "май 2023 г."),
    ]


def test_automatic_numbers_are_not_lost(tmp_path: Path, reference: Reference) -> None:
    document = described(
        "docx",
        [
            {"section": "Кадры", "number": "1.", "style": "numbered"},
            item("1.1.", "Провести курсы"),
            item("1.2.", "Издать сборник"),
            {"section": "Среда", "number": "2.", "style": "numbered"},
            item("2.1.", "Обновить сайт"),
        ],
        automatic=True,
    )

    assert [row.number for row in extracted(document, tmp_path, reference).rows] == ["1.1.", "1.2.", "2.1."]


@pytest.mark.parametrize("kind", ["docx", "odt", "html", "txt"])
@pytest.mark.parametrize("head", [True, False])
def test_a_cell_cut_by_a_page_keeps_its_tail(kind: str, head: bool, tmp_path: Path, reference: Reference) -> None:  # noqa: FBT001
    document = described(
        kind, [item("1", "Провести курсы"), item("2", LONG, cut=0.5, head=head), item("3", "Издать сборник")]
    )

    assert activities(extracted(document, tmp_path, reference)) == ["Провести курсы", LONG, "Издать сборник"]


def test_a_section_label_cut_by_a_page_keeps_its_tail(tmp_path: Path, reference: Reference) -> None:
    label = "Сопровождение учителей, которые пришли в школу в первый раз, и их наставников из числа опытных коллег"
    items = [item(str(number), LONG) for number in range(1, 9)]
    document = described(
        "pdf",
        [{"section": label}, *items, {"section": "Итоги"}, item("9", "Издать сборник")],
        columns=["section", *COLUMNS],
        head=[["Направление", *HEAD[0]]],
        widths=[1.8, 0.8, 4, 2, 2, 2],
        sections="column",
    )

    assert sections(extracted(document, tmp_path, reference)) == [label] * 8 + ["Итоги"]


@pytest.mark.parametrize("kind", ["docx", "odt", "html", "txt"])
def test_the_first_row_of_the_next_page_is_not_lost(kind: str, tmp_path: Path, reference: Reference) -> None:
    document = described(
        kind,
        [item("1", "Провести курсы"), {"page": True, "head": False}, item("2", "Издать сборник"), item("3", "Итоги")],
    )

    assert activities(extracted(document, tmp_path, reference)) == ["Провести курсы", "Издать сборник", "Итоги"]


def test_two_tables_on_one_page_are_not_fused(tmp_path: Path) -> None:
    document = Document.model_validate(
        {
            "id": "x",
            "format": "pdf",
            "file": "план.pdf",
            "title": "План",
            "level": "region",
            "blocks": [
                {"table": {"columns": ["a", "b"], "scored": False, "items": [{"cells": ["Год", "2023"]}]}},
                {"table": {"columns": COLUMNS, "head": HEAD, "items": [item("1", "Провести курсы")]}},
            ],
        }
    )

    tables = [block for block in read_document(written(document, tmp_path)).blocks if isinstance(block, Table)]

    assert [(table.rows, table.columns) for table in tables] == [(1, 2), (2, 5)]


def test_one_row_of_many_lines_is_not_read_as_many(tmp_path: Path, reference: Reference) -> None:
    document = described("pdf", [item("1", LONG), item("2", "Издать сборник")])

    assert activities(extracted(document, tmp_path, reference)) == [LONG, "Издать сборник"]


@pytest.mark.parametrize("kind", ["docx", "odt", "html", "pdf"])
def test_a_row_span_reaches_its_last_row(kind: str, tmp_path: Path, reference: Reference) -> None:
    items = [item(str(number), f"Провести семинар {number}") for number in range(1, 5)]
    document = described(
        kind,
        [{"section": "Кадры"}, *items, {"section": "Среда"}, item("5", "Обновить сайт")],
        columns=["section", *COLUMNS],
        head=[["Направление", *HEAD[0]]],
        sections="column",
    )

    assert sections(extracted(document, tmp_path, reference)) == ["Кадры"] * 4 + ["Среда"]


def test_texts_of_neighbour_columns_are_not_fused(tmp_path: Path) -> None:
    document = described(
        "pdf", [item("1", "Методическое сопровождение", result="Сопровождение завершено")], widths=[1, 3, 2, 2, 3]
    )

    (table,) = [block for block in read_document(written(document, tmp_path)).blocks if isinstance(block, Table)]

    assert [cell.text for cell in table.cells if cell.row == 2] == [
        "1",
        "Методическое сопровождение",
        "май 2023 г.",
        "школы района",
        "Сопровождение завершено",
    ]


def test_blanks_are_not_lost(tmp_path: Path) -> None:
    document = described("pdf", [item("1", LONG)])

    (table,) = [block for block in read_document(written(document, tmp_path)).blocks if isinstance(block, Table)]

    assert LONG in [cell.text for cell in table.cells]


def test_fonts_that_do_not_say_their_letters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "план.pdf"
    path.write_bytes(page_of_nameless_letters())

    with pytest.raises(UnreadableDocumentError, match="the fonts do not say which letters they show"):
        read_document(path)


def page_of_nameless_letters() -> bytes:
    """A page whose font maps its letters into the private-use area, as fonts without a map of letters come out."""
    letters = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n1 beginbfrange <21> <7E> <E021> endbfrange\n"
        b"endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    text = b"BT /F1 12 Tf 60 700 Td (" + b"Plan " * 20 + b") Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 7 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(letters), letters),
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    content = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, table)
    return content + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(parts) + 1,
        content.rindex(b"xref"),
    )


@pytest.mark.parametrize("kind", ["docx", "odt", "html"])
def test_a_repeated_head_with_a_cut_row_span_is_no_section(kind: str, tmp_path: Path, reference: Reference) -> None:
    document = described(
        kind,
        [
            {"section": "Кадры"},
            item("1", "Провести курсы"),
            item("2", LONG, cut=0.5),
            item("3", "Издать сборник"),
            {"section": "Среда"},
            item("4", "Обновить сайт"),
        ],
        columns=["section", *COLUMNS],
        head=[["Направление", *HEAD[0]]],
        sections="column",
    )

    extraction = extracted(document, tmp_path, reference)

    assert activities(extraction) == ["Провести курсы", LONG, "Издать сборник", "Обновить сайт"]
    assert sections(extraction) == ["Кадры"] * 3 + ["Среда"]


# What the figures of other programs hide


def test_a_tracked_insertion_is_read_and_a_deletion_is_not(tmp_path: Path, reference: Reference) -> None:
    document = described("docx", [item("1", "Провести курсы", deadline="[-май-][+июнь+] 2023 г.")])

    (row,) = extracted(document, tmp_path, reference).rows

    assert row.deadline is not None
    assert (row.deadline.raw, row.deadline.end) == ("июнь 2023 г.", "2023-06-30")


def test_a_content_control_is_read(tmp_path: Path, reference: Reference) -> None:
    document = described("docx", [item("1", "Провести [=курсы и семинары=]")])

    assert activities(extracted(document, tmp_path, reference)) == ["Провести курсы и семинары"]


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_hidden_text_is_left_out(kind: str, tmp_path: Path, reference: Reference) -> None:
    document = described(kind, [item("1", "Провести курсы[~, не печатать~]")])

    assert activities(extracted(document, tmp_path, reference)) == ["Провести курсы"]


@pytest.mark.parametrize("kind", ["docx", "odt", "html", "xlsx", "ods", "pdf", "rtf", "txt"])
def test_a_dash_stays_a_dash(kind: str, tmp_path: Path) -> None:
    document = described(kind, [item("1", "Провести курсы", result="2023 г. – 7 школ")])

    texts = [
        cell.text
        for block in read_document(written(document, tmp_path)).blocks
        if isinstance(block, Table)
        for cell in block.cells
    ]

    assert "2023 г. – 7 школ" in texts


@pytest.mark.parametrize("kind", ["docx", "odt", "html"])
def test_a_footnote_mark_in_a_head_hides_no_label(kind: str, tmp_path: Path, reference: Reference) -> None:
    document = described(
        kind, [item("1", "Провести курсы")], head=[["№ п/п", "Мероприятие", "Срок[^1]", "Ответственный", "Результат"]]
    )

    (table,) = extracted(document, tmp_path, reference).tables

    assert [column.role for column in table.columns] == ["number", "activity", "deadline", "responsible", "result"]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_date_of_a_sheet_is_a_date(kind: str, tmp_path: Path, reference: Reference) -> None:
    document = described(kind, [item("1", "Провести курсы", deadline="09.05.2023")], typed=["deadline"])

    (row,) = extracted(document, tmp_path, reference).rows

    assert row.deadline is not None
    assert (row.deadline.start, row.deadline.end) == ("2023-05-09", "2023-05-09")


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_number_typed_as_a_fraction_keeps_its_nought(kind: str, tmp_path: Path, reference: Reference) -> None:
    items = [item(f"1.{number}", f"Провести семинар {number}") for number in range(1, 12)]

    rows = extracted(described(kind, items, typed=["row"]), tmp_path, reference).rows

    assert [row.number for row in rows] == [f"1.{number}" for number in range(1, 12)]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_title_above_a_table_of_a_sheet_is_none_of_its_cells(kind: str, tmp_path: Path) -> None:
    title, table = read_document(written(described(kind, [item("1", "Провести курсы")]), tmp_path)).blocks

    assert isinstance(title, Paragraph)
    assert title.text == "План мероприятий Омской области на 2022–2024 годы"
    assert isinstance(table, Table)
    assert [cell.text for cell in table.cells if cell.row == 1] == HEAD[0]


@pytest.mark.parametrize("kind", ["txt", "csv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251", "koi8-r", "cp866", "iso8859-5", "mac_cyrillic"])
def test_a_character_set_is_known_by_a_short_text(encoding: str, kind: str, tmp_path: Path) -> None:
    mark = {"txt": "\t", "csv": ";"}[kind]
    rows = [[label.replace("№", "N") for label in HEAD[0]], ["1", "Провести курсы", "май 2023 г.", "школы", "Приказ"]]
    path = tmp_path / f"план.{kind}"
    path.write_bytes("".join(mark.join(row) + "\n" for row in rows).encode(encoding))

    (table,) = [block for block in read_document(path).blocks if isinstance(block, Table)]

    assert [[cell.text for cell in table.cells if cell.row == row] for row in (1, 2)] == rows
