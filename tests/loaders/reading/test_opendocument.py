from __future__ import annotations

import io
import zipfile

from loaders.cells import Paragraph
from loaders.reading.opendocument import read_odt
from loaders.reading.spreadsheet import read_spreadsheet

NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table", "style")
)
MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
NUMBERED = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"'
    ' style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="."'
    ' text:display-levels="2"/></text:list-style>'
)


def packed(kind: str, styles: str, body: str) -> bytes:
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body>{body}</office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return buffer.getvalue()


def paragraphs(styles: str, body: str) -> list[str]:
    content = packed("text", styles, f"<office:text>{body}</office:text>")
    blocks = read_odt(content, file="план.odt", sha256="0" * 64).blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def items(*texts: str) -> str:
    return "".join(f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in texts)


def test_items_carry_the_numbers_that_a_reader_sees() -> None:
    nested = f"<text:list-item><text:p>Среда</text:p><text:list>{items('сайт', 'стенд')}</text:list></text:list-item>"

    assert paragraphs(NUMBERED, f'<text:list text:style-name="L1">{items("Кадры")}{nested}</text:list>') == [
        "1. Кадры",
        "2. Среда",
        "2.1. сайт",
        "2.2. стенд",
    ]


def test_a_list_goes_on_where_it_says_so_and_starts_anew_elsewhere() -> None:
    goes_on = f'<text:list text:style-name="L1" text:continue-numbering="true">{items("второй")}</text:list>'
    deeper = (
        '<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:list>'
        f"{items('внутри')}</text:list></text:list-item></text:list>"
    )
    anew = f'<text:list text:style-name="L1">{items("снова")}</text:list>'

    assert paragraphs(
        NUMBERED, f'<text:list text:style-name="L1">{items("первый")}</text:list>{goes_on}{deeper}{anew}'
    ) == ["1. первый", "2. второй", "2.1. внутри", "1. снова"]


def test_bullets_and_unknown_styles_carry_no_number() -> None:
    bullet = '<text:list-style style:name="L1"><text:list-level-style-bullet text:level="1"/></text:list-style>'

    assert paragraphs(bullet, f'<text:list text:style-name="L1">{items("пункт")}</text:list>') == ["пункт"]


def test_hidden_text_is_left_out() -> None:
    hidden = '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>'

    assert paragraphs(hidden, '<text:p>виден<text:span text:style-name="T1"> скрыт</text:span></text:p>') == ["виден"]


def test_percent_cells_of_a_sheet_read_as_percent() -> None:
    share = (
        '<table:table-cell office:value-type="percentage" office:value="0.15"><text:p>15%</text:p></table:table-cell>'
    )
    cells = '<table:table-cell office:value-type="string"><text:p>доля</text:p></table:table-cell>' + share * 2
    table = f'<table:table table:name="Лист1"><table:table-row>{cells}</table:table-row></table:table>'
    content = packed("spreadsheet", "", f"<office:spreadsheet>{table}</office:spreadsheet>")

    (block,) = read_spreadsheet(content, file="план.ods", sha256="0" * 64, extension="ods").blocks

    assert not isinstance(block, Paragraph)
    assert [cell.text for cell in block.cells] == ["доля", "15%", "15%"]
