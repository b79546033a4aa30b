"""A described roadmap as WordprocessingML: merged cells, automatic numbers, revisions, controls, footnotes."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape

from bench.corpus.model import Document
from bench.corpus.physical import PhysicalCell
from bench.corpus.writers.blocks import Footnote, PageEnd, SetBlock, TablePart, Text, set_blocks
from bench.corpus.writers.packing import packed

_NAMESPACE: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES: Final = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
_PART: Final = (
    '<Override PartName="/word/{name}.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"/>'
)
_RELATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_RELATION: Final = (
    '<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
    ' Target="{target}"/>'
)
_NUMBERING: Final = (
    f"<w:numbering {_NAMESPACE}><w:abstractNum w:abstractNumId='0'>"
    "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>"
    "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.%2.'/></w:lvl>"
    "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>"
)
_SPECIAL: Final = re.compile(r"\[(?P<open>[+\-~=^])(?P<text>.*?)(?:[+\-~=])?\](?<!\[)", re.DOTALL)
_BORDERS: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_MARGINS: Final = '<w:pgMar w:top="850" w:right="850" w:bottom="850" w:left="850"/>'
_BOLD_RUN: Final = "<w:r><w:rPr><w:b/></w:rPr><w:t"
# Inside the margins of a page of A4, in twentieths of a point.
_TABLE_TWIPS: Final = {False: 10200, True: 15100}


def write_docx(document: Document) -> bytes:
    """The bytes of a .docx file; the same description gives the same bytes."""
    body: list[str] = []
    notes: list[Footnote] = []
    for block in set_blocks(document, keep_pages=True):
        if isinstance(block, Footnote):
            notes.append(block)
        else:
            body.append(_block(block, landscape=document.landscape))
    turn = ' w:orient="landscape"' if document.landscape else ""
    size = ("16838", "11906") if document.landscape else ("11906", "16838")
    section = f'<w:sectPr><w:pgSz w:w="{size[0]}" w:h="{size[1]}"{turn}/>{_MARGINS}</w:sectPr>'
    main = f"<w:document {_NAMESPACE}><w:body>{''.join(body)}{section}</w:body></w:document>"
    footnotes = "".join(f'<w:footnote w:id="{note.mark}"><w:p>{_runs(note.text)}</w:p></w:footnote>' for note in notes)
    relations = _RELATION.format(id="rId1", kind="numbering", target="numbering.xml")
    relations += _RELATION.format(id="rId2", kind="footnotes", target="footnotes.xml")
    return packed(
        {
            "[Content_Types].xml": _TYPES
            + _PART.format(name="document", kind="document.main")
            + _PART.format(name="numbering", kind="numbering")
            + _PART.format(name="footnotes", kind="footnotes")
            + "</Types>",
            "_rels/.rels": _RELATIONS.format(
                _RELATION.format(id="rId1", kind="officeDocument", target="word/document.xml")
            ),
            "word/document.xml": main,
            "word/_rels/document.xml.rels": _RELATIONS.format(relations),
            "word/numbering.xml": _NUMBERING,
            "word/footnotes.xml": f"<w:footnotes {_NAMESPACE}>{footnotes}</w:footnotes>",
        }
    )


def _block(block: SetBlock, *, landscape: bool) -> str:
    match block:
        case Text(text, align, heading):
            style = '<w:pStyle w:val="Heading1"/><w:spacing w:before="120" w:after="120"/>' if heading else ""
            return _paragraph(text, f'{style}<w:jc w:val="{align}"/>', bold=heading)
        case PageEnd():
            return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        case TablePart():
            return _table(block, _TABLE_TWIPS[landscape])
        case _:
            return ""


def _table(block: TablePart, twips: int) -> str:
    total = sum(block.widths)
    columns = [round(twips * width / total) for width in block.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    merged: dict[int, tuple[int, int]] = {}
    rows: list[str] = []
    for row in block.part.rows:
        properties = "<w:tblHeader/>" if row.is_head and block.part.repeat_head else ""
        properties += f'<w:gridBefore w:val="{row.before}"/>' if row.before else ""
        cells: list[str] = []
        by_column = {cell.column: cell for cell in row.cells}
        column = row.before
        while column < block.part.width:
            if column in merged:
                left, width = merged[column]
                merged[column] = (left - 1, width)
                cells.append(_cell(None, width, "<w:vMerge/>"))
                if left == 1:
                    del merged[column]
                column += width
                continue
            cell = by_column.get(column)
            if cell is None:
                cells.append(_cell(None, 1, ""))
                column += 1
                continue
            if cell.rows > 1:
                merged[column] = (cell.rows - 1, cell.cols)
            cells.append(_cell(cell, cell.cols, '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""))
            column += cell.cols
        rows.append(f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>")
    start = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' if block.part.new_page else ""
    borders = f"<w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>" if block.bordered else "<w:tblPr/>"
    return f"{start}<w:tbl>{borders}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl><w:p/>"


def _cell(cell: PhysicalCell | None, cols: int, merge: str) -> str:
    span = f'<w:gridSpan w:val="{cols}"/>' if cols > 1 else ""
    if cell is None:
        return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr><w:p/></w:tc>"
    if cell.automatic and cell.text:
        level = cell.text.strip(".").count(".")
        numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
        paragraphs = f"<w:p><w:pPr>{numbered}</w:pPr></w:p>"
    else:
        paragraphs = "".join(_paragraph(line) for line in cell.text.split("\n"))
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{paragraphs}</w:tc>"


def _paragraph(text: str, properties: str = "", *, bold: bool = False) -> str:
    runs = _runs(text)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs.replace('<w:r><w:t', _BOLD_RUN) if bold else runs}</w:p>"


def _runs(text: str) -> str:
    made: list[str] = []
    at = 0
    for found in _SPECIAL.finditer(text):
        made.append(_run(text[at : found.start()]))
        inner = found["text"]
        match found["open"]:
            case "+":
                made.append(f'<w:ins w:id="1" w:author="Редактор" w:date="2023-02-01T10:00:00Z">{_run(inner)}</w:ins>')
            case "-":
                gone = f'<w:delText xml:space="preserve">{escape(inner)}</w:delText>'
                made.append(
                    f'<w:del w:id="2" w:author="Редактор" w:date="2023-02-01T10:00:00Z"><w:r>{gone}</w:r></w:del>'
                )
            case "~":
                made.append(_run(inner, "<w:rPr><w:vanish/></w:rPr>"))
            case "=":
                made.append(f"<w:sdt><w:sdtPr/><w:sdtContent>{_run(inner)}</w:sdtContent></w:sdt>")
            case _:
                made.append(f'<w:r><w:footnoteReference w:id="{inner}"/></w:r>')
        at = found.end()
    made.append(_run(text[at:]))
    return "".join(made)


def _run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
