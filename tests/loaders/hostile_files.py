"""Files made to do harm, or broken, by name: each small, whatever it would grow to."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import xlsxwriter
from PIL import Image
from reportlab.lib import pagesizes
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

TITLE: Final = "План мероприятий Омской области на 2022–2024 годы"
ROWS: Final = (
    ("№", "Мероприятие", "Срок", "Ответственный"),
    ("1", "Провести семинар", "май 2023 г.", "школы района"),
    ("2", "Издать сборник", "июнь 2023 г.", "школы района"),
)
TEXT: Final = f"{TITLE}\n\n" + "".join("\t".join(row) + "\n" for row in ROWS)
_CSV: Final = "".join(";".join(row) + "\n" for row in ROWS)
_HTML: Final = "<table>" + "".join("<tr>" + "".join(f"<td>{text}" for text in row) for row in ROWS)

_WORD: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SHEET: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OPEN: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_OUTSIDE: Final = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_LAUGHS: Final = (
    '<!DOCTYPE x [<!ENTITY b0 "ха">'
    + "".join(f'<!ENTITY b{level} "{f"&b{level - 1};" * 10}">' for level in range(1, 10))
    + ' <!ENTITY a "&b9;">]>'
)
_OLD_WORD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(50)


def zipped(parts: Mapping[str, str | bytes], *, packed: bool = True) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word(
    *rows: Sequence[str], text: str = "", before: str = "", parts: Mapping[str, str | bytes] | None = None
) -> bytes:
    """A Word document with the title, a text and the rows."""
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows or ROWS
    )
    body = f"{paragraph(TITLE)}{paragraph(text)}<w:tbl>{cells}</w:tbl>"
    return word_of(body, before=before, parts=parts)


def word_of(
    body: str, *, before: str = "", parts: Mapping[str, str | bytes] | None = None, packed: bool = True
) -> bytes:
    main = f"{before}<w:document {_WORD}><w:body>{body}</w:body></w:document>"
    return zipped({"word/document.xml": main, **(parts or {})}, packed=packed)


def sheet(
    rows: str = "",
    *,
    before: str = "",
    size: str = "A1:D3",
    strings: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of Excel whose sheet holds the rows of the plan, then `rows`."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet("План").write_string(0, 0, TITLE)
    with zipfile.ZipFile(buffer) as archive:
        kept: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    plan = "".join(sheet_row(number, row) for number, row in enumerate(ROWS, 1))
    kept["xl/worksheets/sheet1.xml"] = (
        f'{before}<worksheet {_SHEET}><dimension ref="{size}"/><sheetData>{plan}{rows}</sheetData></worksheet>'
    )
    if strings:
        kept["xl/sharedStrings.xml"] = strings
    return zipped(kept | dict(parts or {}))


def sheet_row(number: int, texts: Sequence[str]) -> str:
    cells = (
        f'<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip("ABCD", texts, strict=False)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def open_document(kind: str, rows: str = "", *, before: str = "", text: str = "") -> bytes:
    """An OpenDocument text or spreadsheet with the rows of the plan, then `rows`."""
    plan = "".join(open_row(row) for row in ROWS)
    said = f"<text:p>{TITLE}{text}</text:p>" if kind == "text" else ""
    body = f'{said}<table:table table:name="План">{plan}{rows}</table:table>'
    content = (
        f"{before}<office:document-content {_OPEN}><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest})


def open_row(texts: Sequence[str]) -> str:
    cells = (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def repeated(rows: int, columns: int, text: str) -> str:
    said = f' office:value-type="string"><text:p>{text}</text:p' if text else ""
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell'
        f' table:number-columns-repeated="{columns}"{said}></table:table-cell></table:table-row>'
    )


def lying(content: bytes, part: str) -> bytes:
    """The zip file with a part that says it is a hundred bytes long."""
    told = bytearray(content)
    # Signature, offsets of the unpacked size, of the length of the name and of the name: APPNOTE 4.3.7 and 4.3.12.
    for signature, size, length, name in ((b"PK\x03\x04", 22, 26, 30), (b"PK\x01\x02", 24, 28, 46)):
        at = told.find(signature)
        while at >= 0:
            (count,) = struct.unpack_from("<H", told, at + length)
            if told[at + name : at + name + count] == part.encode():
                struct.pack_into("<I", told, at + size, 100)
            at = told.find(signature, at + 4)
    return bytes(told)


def printed(*, picture: bool = False, password: str | None = None) -> bytes:
    """A PDF of one page: a picture, or a line of text."""
    buffer = io.BytesIO()
    encryption = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(buffer, pagesize=pagesizes.A4, encrypt=encryption)
    if picture:
        canvas.drawImage(ImageReader(Image.new("L", (400, 600), 200)), 0, 0, *pagesizes.A4)
    else:
        canvas.drawString(72, 700, "Plan")
    canvas.save()
    return buffer.getvalue()


def endless_pages() -> bytes:
    """A PDF whose tree of pages is its own branch."""
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1999 >>\nendobj\n"
        b"trailer << /Size 3 /Root 1 0 R >>\n%%EOF"
    )


def rich(body: bytes) -> bytes:
    return b"{\\rtf1\\ansi\\ansicpg1251 " + body


_WIDE_ROW: Final = ["раз"] * 300
_LONG: Final = "слово " * 40_000

# Name and content of each file that is refused, and a part of the one sentence that says why.
REFUSED: Final[Mapping[str, tuple[Callable[[], bytes | str], str]]] = {
    # zip bombs
    "zip-bomb-of-many-parts.docx": (
        lambda: word(parts={f"word/media/{number}": bytes(7 << 20) for number in range(40)}),
        "unpacked it would take more than 256 MB",
    ),
    "zip-bomb-of-one-part.docx": (lambda: word(text=" " * (100 << 20)), "is packed 200 times or more"),
    "zip-bomb-that-lies.docx": (
        lambda: lying(word(text=" " * (20 << 20)), "word/document.xml"),
        "part «word/document.xml» is damaged",
    ),
    "zip-bomb-that-lies.xlsx": (
        lambda: lying(sheet(" " * (20 << 20)), "xl/worksheets/sheet1.xml"),
        "part «xl/worksheets/sheet1.xml» is damaged",
    ),
    # nested archives
    "archive-in-archive.zip": (
        lambda: zipped({"планы.zip": zipped({"план.docx": word()})}),
        "an archive without a text document or spreadsheet inside; unpack it",
    ),
    "packed.gz": (lambda: gzip.compress(TEXT.encode()), "a packed archive, which is not opened; unpack it"),
    # external entities and billion laughs
    **{
        f"{name}.{kind}": (partial(made, entities), "declares a document type")
        for name, entities in (("external-entity", _OUTSIDE), ("billion-laughs", _LAUGHS))
        for kind, made in {
            "docx": lambda entities: word(text="&a;", before=entities),
            "xlsx": lambda entities: sheet(sheet_row(4, ("3", "&a;")), before=entities),
            "odt": lambda entities: open_document("text", text="&a;", before=entities),
            "ods": lambda entities: open_document("spreadsheet", open_row(("3", "&a;")), before=entities),
        }.items()
    },
    "billion-laughs-of-strings.xlsx": (
        lambda: sheet(strings=f"{_LAUGHS}<sst {_SHEET}><si><t>&a;</t></si></sst>"),
        "part «xl/sharedStrings.xml» declares a document type",
    ),
    # huge cells
    "huge-cell.docx": (lambda: word(*ROWS, ("3", _LONG)), "таблица 1, строка 4, столбец 2 holds 239999 characters"),
    "huge-cell.xlsx": (lambda: sheet(sheet_row(4, ("3", _LONG))), "План!B4 holds 239999 characters"),
    "huge-cell.txt": (lambda: f"{TEXT}3\t{_LONG}\tмай\tшколы\n", "строка 6, столбец 2 holds 239999"),
    "huge-cell.csv": (lambda: f'{_CSV}3;"{_LONG}";май;школы\n', "строка 4, столбец 2 holds 239999"),
    "huge-cell.html": (lambda: f"<html>{_HTML}<tr><td>3<td>{_LONG}", "строка 4, столбец 2 holds 239999"),
    "huge-cell-of-ten-megabytes.docx": (
        lambda: word_of(paragraph("а1б2" * (3 << 20)), packed=False),
        "holds a text longer than any",
    ),
    # sheets without end
    "text-in-the-last-row.xlsx": (lambda: sheet(sheet_row(1_048_576, "x")), "«План» reaches row 1048576"),
    "text-in-a-million-rows.ods": (
        lambda: open_document("spreadsheet", repeated(1_000_000, 1, "раз")),
        "at most 100000 rows and 256 columns are read",
    ),
    "text-in-a-million-rows.odt": (
        lambda: open_document("text", repeated(1_000_000, 1, "раз")),
        "«таблица 1» reaches row 1000000",
    ),
    # very wide sheets
    "text-in-the-last-column.xlsx": (
        lambda: sheet('<row r="4"><c r="XFD4" t="inlineStr"><is><t>раз</t></is></c></row>'),
        "«План» reaches row 4, column 16384; at most 100000 rows and 256 columns",
    ),
    "wide.docx": (lambda: word(*ROWS, _WIDE_ROW), "«таблица 1» reaches row 4, column 300"),
    "wide.odt": (lambda: open_document("text", open_row(_WIDE_ROW)), "«таблица 1» reaches row 4, column 300"),
    "wide.ods": (lambda: open_document("spreadsheet", open_row(_WIDE_ROW)), "«План» reaches row 4, column 257"),
    "wide.html": (lambda: f"<html>{_HTML}<tr>{'<td>раз' * 300}", "«таблица 1» reaches row 4, column 257"),
    "wide.txt": (lambda: f"{TEXT}{chr(9).join(_WIDE_ROW)}\n", "«строки 3–6» reaches row 4, column 300"),
    "wide.csv": (lambda: f"{_CSV}{';'.join(_WIDE_ROW)}\n", "«строки 1–4» reaches row 4, column 300"),
    "wide.rtf": (
        lambda: rich(
            rb"\trowd" + b"".join(rb"\cellx%d" % (99 * at) for at in range(300)) + rb"x\cell " * 300 + rb"\row}"
        ),
        "reaches row 1, column 300",
    ),
    "wide-by-spans.html": (
        lambda: "<html><table>" + ("<tr>" + "<td rowspan=1000 colspan=1000>раз" * 100) * 100,
        "«таблица 1» reaches row 1, column 1001",
    ),
    # PDF
    "encrypted.pdf": (lambda: printed(password="secret"), "protected by a password"),
    "truncated.pdf": (lambda: printed()[:300], "the PDF is damaged or cut off"),
    "scanned.pdf": (lambda: printed(picture=True), "a scan without a text layer (pages 1); run text recognition"),
    "endless-pages.pdf": (endless_pages, "endless-pages.pdf: "),
    # wrong endings
    "picture.docx": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "a picture; run text recognition"),
    "program.txt": (lambda: b"\x7fELF" + bytes(range(256)) * 8, "a binary file"),
    "encrypted.docx": (
        lambda: b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    # fonts that hide their letters
    "private-use.txt": (
        lambda: "".join(sign if sign in "\t\n" else chr(0xE000 + ord(sign) % 256) for sign in TEXT),
        "the fonts do not say which letters they show",
    ),
    # deep nesting
    "deep.html": (lambda: f"<html>{'<div>' * 5000}{_HTML}", "nested too deeply"),
    "deep-tables.html": (lambda: f"<html>{'<table><tr><td>а<td>б<td>' * 5000}", "nested too deeply"),
    "deep.docx": (lambda: word_of("<w:tbl><w:tr><w:tc>" * 999 + "</w:tc></w:tr></w:tbl>" * 999), "nested too deeply"),
    "deep.odt": (
        lambda: open_document("text", "<table:table-row-group>" * 999 + "</table:table-row-group>" * 999),
        "nested too deeply",
    ),
    # rich text
    "braces.rtf": (lambda: rich(b"{" * 200_000), "no table was found"),
    "endless-text.rtf": (lambda: rich(rb"\'e0" * 250_000 + b"}"), "абзац 1 holds 250000 characters"),
    "binary.rtf": (lambda: rich(rb"\bin999999999 \uc999999999 \u1055?\par}"), "no table was found"),
    "rows.rtf": (lambda: rich(rb"\trowd\cellx99\cell\row" * 20_000 + b"}"), "no table"),
    # old Word documents
    "hanging-converter.doc": (lambda: _OLD_WORD, "reading took longer than"),
}

# Name and content of each file that is read as if nothing were.
READ: Final[Mapping[str, Callable[[], bytes | str]]] = {
    "archive-inside.docx": lambda: word(parts={"word/embeddings/a.zip": zipped({"план.docx": word()})}),
    "paths-out-of-the-archive.docx": lambda: word(
        parts={"../../written-outside": "x", "/tmp/written-outside": "x", "C:\\written-outside": "x"}
    ),
    "external-entity.html": lambda: f"{_OUTSIDE}<html><p>{TITLE}&a;</p>{_HTML}".replace("DOCTYPE x", "DOCTYPE html"),
    "billion-laughs.html": lambda: f"{_LAUGHS}<html><p>{TITLE}&a;</p>{_HTML}".replace("DOCTYPE x", "DOCTYPE html"),
    "million-empty-rows.xlsx": lambda: sheet("".join(f'<row r="{number}"/>' for number in range(4, 1_048_577))),
    "million-empty-rows.ods": lambda: open_document("spreadsheet", repeated(1_048_570, 16_384, "")),
    "million-empty-rows.csv": lambda: _CSV + ";;;\n" * 1_000_000,
    "million-empty-lines.txt": lambda: TEXT + "\n" * 1_000_000,
    "hundred-thousand-empty-rows.html": lambda: f"<html><p>{TITLE}</p>{_HTML}{'<tr><td>' * 110_000}",
    "hundred-thousand-empty-rows.docx": lambda: word_of(
        paragraph(TITLE) + word_table() + "<w:tr><w:tc><w:p/></w:tc></w:tr>" * 110_000 + "</w:tbl>",
        packed=False,
    ),
    "sheet-that-says-it-is-full.xlsx": lambda: sheet(size="A1:XFD1048576"),
    "macros.docm": lambda: word(parts={"word/vbaProject.bin": _OLD_WORD}),
    "macros.xlsm": lambda: sheet(parts={"xl/vbaProject.bin": _OLD_WORD}),
    "word-document.txt": word,
    "workbook.docx": sheet,
    "some-private-use-signs.docx": lambda: word(
        *ROWS, ("3", "Провести \ue012\ue013 и ещё один большой семинар", "май 2023 г.", "\uf0b7 школы")
    ),
    "wide-by-spans.docx": lambda: word_of(
        paragraph(TITLE)
        + word_table()
        + f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>{paragraph("Кадры")}</w:tc></w:tr></w:tbl>'
    ),
}


def word_table() -> str:
    return "<w:tbl>" + "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in ROWS
    )
