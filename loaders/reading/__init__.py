# ruff: noqa: PLC0415  (a process that reads no files of a format, as the one that loads, needs no libraries for it)
"""Readers: each turns one kind of file into the cell model of `loaders.cells`, interpreting nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from loaders.cells import SourceDocument, UnreadableDocumentError
from loaders.reading.bounds import bounded
from loaders.reading.opening import read_content
from loaders.reading.signature import find_format

__all__ = ["read_document"]

_TEXT_FORMATS: Final = {"md", "tsv", "csv"}


def read_document(path: Path) -> SourceDocument:
    """
    The file's paragraphs and tables in reading order.

    Content decides before the extension: a Word document named `.txt` is read as one, a page named `.doc` as a page.

    Raises:
        UnreadableDocumentError: the file is missing, empty, too large, protected, damaged, a scan, of no format that
            holds text, or in no known character set; or a text or table in it is larger than any of a roadmap, or its
            letters are not told by its fonts.
    """
    return bounded(_read(path, read_content(path)))


def _read(path: Path, content: bytes) -> SourceDocument:
    file = path.name
    extension = path.suffix.lower().lstrip(".")
    sha256 = hashlib.sha256(content).hexdigest()
    match find_format(content, file=file, extension=extension):
        case "pdf":
            from loaders.reading.pdf import read_pdf

            return read_pdf(content, file=file, sha256=sha256)
        case "docx":
            from loaders.reading.docx import read_docx

            return read_docx(content, file=file, sha256=sha256)
        case "doc":
            from loaders.reading.old_word import read_doc

            return read_doc(content, file=file, sha256=sha256)
        case "rtf":
            from loaders.reading.rich_text import read_rtf

            return read_rtf(content, file=file, sha256=sha256)
        case "odt":
            from loaders.reading.opendocument import read_odt

            return read_odt(content, file=file, sha256=sha256)
        case "xlsx" | "xlsb" | "xls" | "ods" as spreadsheet:
            from loaders.reading.spreadsheet import read_spreadsheet

            return read_spreadsheet(content, file=file, sha256=sha256, extension=spreadsheet)
        case "mht" | "html" as kind:
            from loaders.reading.encoding import decode
            from loaders.reading.html import read_html

            text, notes = decode(_archived_page(content, file) if kind == "mht" else content, file=file)
            return read_html(text, file=file, sha256=sha256, notes=notes)
        case "text":
            from loaders.reading.encoding import decode
            from loaders.reading.text import read_text

            text, notes = decode(content, file=file)
            return SourceDocument(
                file=file,
                sha256=sha256,
                format=extension if extension in _TEXT_FORMATS else "txt",
                blocks=read_text(text, delimited=extension == "csv"),
                notes=notes,
            )


def _archived_page(content: bytes, file: str) -> bytes:
    """The page inside a web archive (.mht), which is a mail message with its parts (RFC 2557)."""
    from email import message_from_bytes, policy

    for part in message_from_bytes(content, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                return page
    raise UnreadableDocumentError(
        "{file}: a web archive without a page inside; save the page as .html and load that.", file=file
    )
