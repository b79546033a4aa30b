from __future__ import annotations

import pytest

from loaders.cells import Paragraph, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.html import read_html


def read(body: str) -> SourceDocument:
    return read_html(f"<html><body>{body}</body></html>", file="карта.html", sha256="0" * 64)


def shape(document: SourceDocument) -> list[object]:
    return [
        block.text if isinstance(block, Paragraph) else [(c.row, c.column, c.text) for c in block.cells]
        for block in document.blocks
    ]


def test_spans_are_expanded_to_columns() -> None:
    table = (
        "<table><tr><th rowspan=2>№</th><th colspan=2>Срок</th></tr><tr><td>начало</td><td>конец</td></tr>"
        "<tr><td>1</td><td>май</td><td>июнь</td></tr></table>"
    )
    (block,) = read(table).blocks
    assert isinstance(block, Table)
    assert [(c.row, c.column, c.text, c.row_span, c.column_span) for c in block.cells] == [
        (1, 1, "№", 2, 1),
        (1, 2, "Срок", 1, 2),
        (2, 2, "начало", 1, 1),
        (2, 3, "конец", 1, 1),
        (3, 1, "1", 1, 1),
        (3, 2, "май", 1, 1),
        (3, 3, "июнь", 1, 1),
    ]


def test_scripts_navigation_and_struck_text_are_left_out() -> None:
    body = "<nav>Меню</nav><script>alert(1)</script><p>Срок <s>май</s> июнь</p><style>p{}</style>"
    assert shape(read(body)) == ["Срок июнь"]


def test_breaks_and_paragraphs_in_a_cell_are_lines_and_source_breaks_are_not() -> None:
    body = "<table><tr><td>ДОО\n ТО<br>ТОИПКРО<p>МОУО</p></td></tr></table>"
    assert shape(read(body)) == [[(1, 1, "ДОО ТО\nТОИПКРО\nМОУО")]]


def test_a_layout_table_is_seen_through() -> None:
    inner = "<table><tr><td>1</td><td>Провести</td><td>май</td></tr></table>"
    assert shape(read(f"<table><tr><td>слева</td><td>{inner}</td></tr></table>")) == [
        "слева",
        [(1, 1, "1"), (1, 2, "Провести"), (1, 3, "май")],
    ]


def test_footnote_marks_stay_marks() -> None:
    assert shape(read("<p>Показатель<sup>1</sup> за м<sup>2</sup></p>")) == ["Показатель¹ за м²"]


def test_a_charset_in_the_page_does_not_decode_it_twice() -> None:
    assert shape(read('<meta charset="windows-1251"><p>Срок</p>')) == ["Срок"]


def test_hostile_spans_are_bounded() -> None:
    document = read("<table><tr><td rowspan=99999999 colspan=99999999>а</td><td colspan=-1>б</td></tr></table>")
    (block,) = document.blocks
    assert isinstance(block, Table)
    assert block.rows == 1


def test_a_page_without_text_gives_one_clear_message() -> None:
    with pytest.raises(UnreadableDocumentError, match=r"карта\.html: no text in the page"):
        read_html("", file="карта.html", sha256="0" * 64)


def test_items_of_numbered_lists_carry_their_numbers() -> None:
    body = "<ol start=3><li>кадры<li value=7>среда<li>сайт</ol><ul><li>пункт</ul>"
    table = "<table><tr><td><ol type=a><li></ol><td>курсы<td>май</table>"

    assert shape(read(body + table)) == [
        "3. кадры", "7. среда", "8. сайт", "пункт", [(1, 1, "a."), (1, 2, "курсы"), (1, 3, "май")],
    ]  # fmt: skip


def test_hidden_text_of_a_cell_is_left_out_and_a_folded_block_is_read() -> None:
    cell = "<td>курсы<span style='display: none'> черновик</span><b hidden> ещё</b></td>"
    body = f"<div style='display:none'><table><tr>{cell}<td>май</td><td>школы</td></tr></table></div>"

    assert shape(read(body)) == [[(1, 1, "курсы"), (1, 2, "май"), (1, 3, "школы")]]
