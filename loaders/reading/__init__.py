"""Readers: each turns one kind of file into the cell model of `loaders.cells`, interpreting nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

from loaders.cells import SourceDocument, UnreadableDocumentError
from loaders.reading.encoding import decode
from loaders.reading.signature import binary_format
from loaders.reading.text import read_text

__all__ = ["read_document"]


def read_document(path: Path) -> SourceDocument:
    """
    The file's paragraphs and tables in reading order.

    Content decides before the extension: a spreadsheet named `.txt` is not read as text.

    Raises:
        UnreadableDocumentError: the file is missing, empty, binary, or in no known character set.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: cannot be opened ({error.strerror}); check the path.") from error
    if not content.strip():
        raise UnreadableDocumentError(f"{path.name}: the file is empty; save the document again and load it anew.")
    found = binary_format(content)
    if found is not None:
        raise UnreadableDocumentError(
            f"{path.name}: {found} cannot be read; save the document as plain text (.txt, .md, .tsv, .csv)."
        )
    suffix = path.suffix.lower().lstrip(".")
    text, notes = decode(content, file=path.name)
    return SourceDocument(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        format=suffix if suffix in {"md", "tsv", "csv"} else "txt",
        blocks=read_text(text, delimited=suffix == "csv"),
        notes=notes,
    )
