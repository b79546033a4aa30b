"""From descriptions to files and gold: the same descriptions give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from bench.corpus.gold import gold
from bench.corpus.model import Document, Format
from bench.corpus.writers.opendocument import write_ods, write_odt
from bench.corpus.writers.plain_text import write_text
from bench.corpus.writers.portable import write_pdf
from bench.corpus.writers.rich_text import write_rtf
from bench.corpus.writers.spreadsheet import write_xls, write_xlsx
from bench.corpus.writers.web import write_html
from bench.corpus.writers.word import write_docx

# Modules of this package; what has been scored once may be looked at, but measures nothing any more.
HELD_OUT: Final = ("held_out", "second_held_out")
_FOLDER: Final = Path(__file__).parent / "documents"
_WRITERS: Final[Mapping[str, Callable[[Document], bytes]]] = {
    "docx": write_docx,
    "xlsx": write_xlsx,
    "xls": write_xls,
    "ods": write_ods,
    "odt": write_odt,
    "pdf": write_pdf,
    "html": write_html,
    "txt": write_text,
    "tsv": write_text,
    "csv": write_text,
    "md": write_text,
    "rtf": write_rtf,
}


def open_documents() -> list[Document]:
    """
    The documents against which rules may be tried, by their ids.

    Raises:
        ValueError: a description that contradicts itself; the message names file and row.
    """
    return [read_description(path) for path in sorted(_FOLDER.glob("*.yaml"))]


def held_out_documents() -> dict[str, list[Document]]:
    """The sets of documents that other readers wrote, by the name of a set; each is scored once while it is unseen."""
    return {name: list(import_module(f"bench.corpus.{name}").DOCUMENTS) for name in HELD_OUT}


def read_description(path: Path) -> Document:
    """
    The document that a YAML file describes.

    Raises:
        ValueError: a description that contradicts itself; the message names file and row.
    """
    try:
        return Document.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
    except (ValidationError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def file_bytes(document: Document) -> bytes:
    """The bytes of the document's file."""
    return _WRITERS[document.format](document)


def in_format(document: Document, kind: Format) -> Document:
    """The same document set in another format; what that format cannot show (merged cells, revisions) is lost."""
    return document.model_copy(update={"format": kind, "file": f"{document.id}.{kind}", "encoding": "utf-8"})


def build(documents: list[Document], folder: Path) -> Iterator[tuple[Document, Path, Path]]:
    """Each document with the paths of its file and of its gold, written into `folder` and its sub-folder `gold`."""
    golds = folder / "gold"
    golds.mkdir(parents=True, exist_ok=True)
    for document in documents:
        path = folder / document.file
        path.write_bytes(file_bytes(document))
        truth = golds / f"{document.id}.json"
        truth.write_text(json.dumps(gold(document), ensure_ascii=False, indent=1), encoding="utf-8")
        yield document, path, truth
