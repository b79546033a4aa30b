"""A described roadmap as a web page."""

from __future__ import annotations

import re
from html import escape

from bench.corpus.model import Document
from bench.corpus.physical import PhysicalCell
from bench.corpus.writers.blocks import Footnote, TablePart, Text, set_blocks


def write_html(document: Document) -> bytes:
    """The bytes of an .html file in the document's character set, with the navigation of a site around it."""
    body: list[str] = []
    for block in set_blocks(document, keep_pages=True):
        match block:
            case Text(text, align, heading):
                tag = "h2" if heading else "p"
                body.append(f'<{tag} align="{align}">{_inline(text)}</{tag}>')
            case TablePart(part, _, bordered):
                rows = "\n".join(
                    f"<tr>{''.join(_cell(cell, 'th' if row.is_head else 'td') for cell in row.cells)}</tr>"
                    for row in part.rows
                )
                body.append(f'<table border="{int(bordered)}">\n{rows}\n</table>')
            case Footnote(mark, text):
                body.append(f"<p><sup>{mark}</sup> {_inline(text)}</p>")
            case _:
                pass
    page = (
        f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="{document.encoding}">'
        f"<title>{escape(document.title)}</title><style>td {{ border: 1px solid; }}</style></head>\n<body>\n"
        "<nav><ul><li><a href='/'>Главная</a></li><li><a href='/docs'>Документы</a></li></ul></nav>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n<script>var срок = 'Срок';</script>\n</body></html>\n"
    )
    return page.encode(document.encoding, "xmlcharrefreplace")


def _cell(cell: PhysicalCell, tag: str) -> str:
    spans = (f' colspan="{cell.cols}"' if cell.cols > 1 else "") + (f' rowspan="{cell.rows}"' if cell.rows > 1 else "")
    return f"<{tag}{spans}>{'<br>'.join(_inline(line) for line in cell.text.split(chr(10)))}</{tag}>"


def _inline(text: str) -> str:
    made = escape(text, quote=False).replace("\u00a0", "&nbsp;")
    made = re.sub(r"\[\+(.*?)\+\]", r"<ins>\1</ins>", made)
    made = re.sub(r"\[=(.*?)=\]", r"<b>\1</b>", made)
    made = re.sub(r"\[-(.*?)-\]", r"<del>\1</del>", made)
    made = re.sub(r"\[~(.*?)~\]", r'<span style="display:none">\1</span>', made)
    return re.sub(r"\[\^(\d)\]", r"<sup>\1</sup>", made)
