from __future__ import annotations

import io
import zipfile

import pytest

from loaders.cells import Paragraph, SourceDocument, Table, UnreadableDocumentError
from loaders.reading.docx import read_docx

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OPEN = f'<w:document xmlns:w="{SPACE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>'
CLOSE = "</w:body></w:document>"
NUMBERING = f"""<w:numbering xmlns:w="{SPACE}">
<w:abstractNum w:abstractNumId="7">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2."/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="russianLower"/><w:lvlText w:val="%3)"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/>
 <w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>"""
STYLES = f"""<w:styles xmlns:w="{SPACE}">
<w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Listed"><w:basedOn w:val="Base"/></w:style></w:styles>"""


def packed(body: str, **parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"{OPEN}{body}{CLOSE}")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return buffer.getvalue()


def read(body: str, **parts: str) -> SourceDocument:
    return read_docx(packed(body, **parts), file="карта.docx", sha256="0" * 64)


def text(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def cell(content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def listed(depth: int, number: int = 1) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        "<w:r><w:t>пункт</w:t></w:r></w:p>"
    )


def only_table(document: SourceDocument) -> Table:
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    return table


def grid(table: Table) -> list[tuple[int, int, str, int, int]]:
    return [(c.row, c.column, c.text, c.row_span, c.column_span) for c in table.cells]


def test_a_tracked_insertion_is_read_and_marked_and_a_deletion_is_left_out() -> None:
    body = (
        "<w:tbl><w:tr>"
        + cell(
            "<w:p><w:r><w:t>до </w:t></w:r><w:del><w:r><w:delText>01.03.2024</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>15.03.2024</w:t></w:r></w:ins></w:p>"
        )
        + "</w:tr></w:tbl>"
    )
    (only,) = only_table(read(body)).cells
    assert (only.text, only.origin.revision) == ("до 15.03.2024", "inserted")


def test_a_deleted_row_is_left_out() -> None:
    row = f"<w:tr>{cell(text('остаётся'))}</w:tr>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{cell(text('удалена'))}</w:tr>"
    assert grid(only_table(read(f"<w:tbl>{row}{gone}{row}</w:tbl>"))) == [
        (1, 1, "остаётся", 1, 1),
        (2, 1, "остаётся", 1, 1),
    ]


def test_content_controls_around_rows_cells_and_runs_are_transparent() -> None:
    run = "<w:sdt><w:sdtContent><w:r><w:t>ТОИПКРО</w:t></w:r></w:sdtContent></w:sdt>"
    in_cell = f"<w:sdt><w:sdtContent>{cell(f'<w:p>{run}</w:p>')}</w:sdtContent></w:sdt>"
    body = f"<w:tbl><w:sdt><w:sdtContent><w:tr>{in_cell}</w:tr></w:sdtContent></w:sdt></w:tbl>"
    assert grid(only_table(read(body))) == [(1, 1, "ТОИПКРО", 1, 1)]


def test_hidden_text_is_left_out() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>черновик </w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>срок</w:t></w:r>'
    (paragraph,) = read(f"<w:p>{hidden}{shown}</w:p>").blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "срок"


def test_merged_cells_keep_their_spans_and_columns() -> None:
    wide, tall = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>'
    head = f"<w:tr>{cell(text('Раздел'), wide)}{cell(text('Срок'))}</w:tr>"
    first = f"<w:tr>{cell(text('1'), tall)}{cell(text('а'))}{cell(text('май'))}</w:tr>"
    second = f"<w:tr>{cell(text(''), '<w:vMerge/>')}{cell(text('б'))}{cell(text('июнь'))}</w:tr>"
    assert grid(only_table(read(f"<w:tbl>{head}{first}{second}</w:tbl>"))) == [
        (1, 1, "Раздел", 1, 2),
        (1, 3, "Срок", 1, 1),
        (2, 1, "1", 2, 1),
        (2, 2, "а", 1, 1),
        (2, 3, "май", 1, 1),
        (3, 2, "б", 1, 1),
        (3, 3, "июнь", 1, 1),
    ]


def test_rows_that_start_late_keep_their_columns() -> None:
    late = f'<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>{cell(text("май"))}</w:tr>'
    assert grid(only_table(read(f"<w:tbl>{late}</w:tbl>"))) == [(1, 3, "май", 1, 1)]


def test_automatic_numbers_are_resolved_over_levels_lists_and_styles() -> None:
    body = listed(0) + listed(1) + listed(1) + listed(2) + listed(2) + listed(0) + listed(1) + listed(0, 2)
    body += '<w:p><w:pPr><w:pStyle w:val="Listed"/></w:pPr><w:r><w:t>пункт</w:t></w:r></w:p>'
    blocks = read(body, numbering=NUMBERING, styles=STYLES).blocks
    labels = [block.text.removesuffix(" пункт") for block in blocks if isinstance(block, Paragraph)]
    assert labels == ["1.", "1.1.", "1.2.", "а)", "б)", "2.", "2.1.", "5.", "6."]


def test_an_automatic_number_in_a_cell_of_its_own_is_the_cells_text() -> None:
    empty = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
    rows = f"<w:tr>{cell(empty)}{cell(text('Провести'))}</w:tr>" * 2
    assert [c.text for c in only_table(read(f"<w:tbl>{rows}</w:tbl>", numbering=NUMBERING)).cells] == [
        "1.",
        "Провести",
        "2.",
        "Провести",
    ]


def test_footnotes_follow_at_the_end_with_their_mark() -> None:
    notes = (
        f'<w:footnotes xmlns:w="{SPACE}"><w:footnote w:id="-1" w:type="separator"/>'
        f'<w:footnote w:id="2">{text("Отклонение не более 1 %")}</w:footnote></w:footnotes>'
    )
    body = '<w:p><w:r><w:t>Показатель</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    blocks = read(body, footnotes=notes).blocks
    assert [(b.text, b.style) for b in blocks if isinstance(b, Paragraph)] == [
        ("Показатель²", None),
        ("² Отклонение не более 1 %", "footnote"),
    ]


def test_a_table_inside_a_cell_is_text_of_that_cell() -> None:
    inner = f"<w:tbl><w:tr>{cell(text('2023'))}{cell(text('10 %'))}</w:tr></w:tbl>"
    body = f"<w:tbl><w:tr>{cell(inner + text('итог'))}</w:tr></w:tbl>"
    assert [c.text for c in only_table(read(body)).cells] == ["2023\n10 %\nитог"]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{text('УТВЕРЖДАЮ')}</w:txbxContent>"
    body = (
        "<w:p><w:r><mc:AlternateContent>"
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert [b.text for b in read(body).blocks if isinstance(b, Paragraph)] == ["УТВЕРЖДАЮ"]


def test_pages_count_from_rendered_breaks() -> None:
    body = text("первая") + "<w:p><w:r><w:lastRenderedPageBreak/><w:t>вторая</w:t></w:r></w:p>" + text("ещё")
    assert [block.origin.page for block in read(body).blocks] == [None, None, 2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 cut off", "damaged or cut off"),
        (packed("<w:p>"), "no valid XML"),
        (packed("").replace(b"word/document.xml", b"word/documint.xml"), "no Word document"),
    ],
)
def test_a_broken_file_gives_one_clear_message(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=words) as raised:
        read_docx(content, file="карта.docx", sha256="0" * 64)
    assert str(raised.value).startswith("карта.docx: ")


def test_entities_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{OPEN}<w:p><w:r><w:t>&x;</w:t></w:r></w:p>{CLOSE}',
        )
    with pytest.raises(UnreadableDocumentError, match="document type"):
        read_docx(buffer.getvalue(), file="карта.docx", sha256="0" * 64)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (64 * 2**20))
    with pytest.raises(UnreadableDocumentError, match="packed 200 times"):
        read_docx(buffer.getvalue(), file="карта.docx", sha256="0" * 64)
