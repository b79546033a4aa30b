"""A described roadmap as plain text: tabs, commas or semicolons, Markdown, and drawn with lines."""

from __future__ import annotations

import re

from bench.corpus.model import Document, plain
from bench.corpus.physical import Part
from bench.corpus.writers.blocks import Footnote, PageEnd, TablePart, Text, set_blocks

_SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def write_text(document: Document) -> bytes:
    """The bytes of a .txt, .tsv, .csv or .md file in the document's character set."""
    lines: list[str] = []
    for block in set_blocks(document, keep_pages=document.format == "txt"):
        match block:
            case Text(text, _, heading):
                marks = "# " if heading and document.format == "md" else ""
                lines.append(_prose(marks + _shown(text), document.format))
                if document.format not in {"csv", "tsv"}:
                    lines.append("")
            case TablePart(part):
                if part.new_page and document.format == "txt":
                    lines.append("")
                lines.extend(_table(part, document.format))
                if document.format not in {"csv", "tsv"}:
                    lines.append("")
            case Footnote(mark, text):
                lines.append(f"{_SUPERSCRIPT[mark]} {text}")
            case PageEnd():
                lines.append("")
            case _:
                pass
    end = "\r\n" if document.format in {"csv", "tsv"} else "\n"
    return (end.join(lines) + end).encode(document.encoding)


def _table(part: Part, kind: str) -> list[str]:
    lines: list[str] = []
    for row in part.rows:
        texts = [""] * part.width
        for cell in row.cells:
            texts[cell.column] = _shown(cell.text)
        match kind:
            case "csv":
                lines.append(";".join(_quoted(text) for text in texts))
            case "md":
                lines.append("| " + " | ".join(text.replace("\n", " ") for text in texts) + " |")
                if row.is_head and row is part.rows[0]:
                    lines.append("|" + " --- |" * part.width)
            case _:
                lines.append("\t".join(text.replace("\n", " ") for text in texts))
    return lines


def _prose(text: str, kind: str) -> str:
    return _quoted(text) if kind == "csv" else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[;"\n]', text) else text


def _shown(text: str) -> str:
    return plain(re.sub(r"\[\^(\d)\]", lambda found: _SUPERSCRIPT[int(found[1])], text))
