"""
Reading side by side in one run: our readers against python-docx, openpyxl and pdfplumber on the same files.

    python -m bench.reading [ROWS]

The files hold the rows of the five examples, repeated up to ROWS (200), written by python-docx, xlsxwriter, reportlab.
Each reader gives all texts of paragraphs and cells.  Turns alternate, so that a busy machine is busy for both, and the
least times are compared.  Memory is that of a process of its own; «extract» includes the dictionaries.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.corpus.building import file_bytes, open_documents
from loaders.extract import extract, extract_document
from loaders.profile import Profile
from loaders.reading import read_document
from ontology.reference import Reference, load_reference

ROOT = Path(__file__).parent.parent
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
HEAD = ["№ п/п", "Мероприятие", "Сроки", "Ответственные", "Результат"]
TITLE = "План мероприятий («дорожная карта») по развитию методической службы Томской области на 2021-2024 годы"
# Whole numbers of times by which our reader is to be faster.
GOALS = {"docx": 5, "xlsx": 3, "pdf": 8}
TURNS = 7


def rows_of_examples(count: int) -> list[list[str]]:
    """`count` rows of number, activity, deadline, actors and result, as the examples print them."""
    reference = load_reference()
    found: list[list[str]] = []
    for path in sorted((ROOT / "examples").glob("*.txt")):
        for row in extract(path, reference=reference).rows:
            if row.kind == "activity":
                texts = {cell.role: cell.text for cell in row.cells}
                actors = texts.get("responsible") or texts.get("participant-or-organizer") or ""
                result = texts.get("result") or texts.get("result-or-indicator") or texts.get("indicator") or ""
                found.append(["", row.activity or "", texts.get("deadline", ""), actors, result])
    return [[f"{number}.", *row[1:]] for number, row in enumerate(itertools.islice(itertools.cycle(found), count), 1)]


def write_docx(rows: list[list[str]], path: Path) -> None:
    import docx.enum.style  # noqa: PLC0415  (each library is imported where its own memory and time are measured)
    import docx.shared  # noqa: PLC0415

    document = docx.Document()
    # A file of Word holds the table styles that it uses, not all hundred of the template.
    for style in list(document.styles):
        if style.type == docx.enum.style.WD_STYLE_TYPE.TABLE and style.name not in {"Normal Table", "Table Grid"}:
            style.delete()
    document.add_heading(TITLE)
    table = document.add_table(rows=0, cols=len(HEAD))
    table.style = "Table Grid"
    for row in [HEAD, *rows]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            # Word cuts a paragraph into runs wherever it was edited or spell-checked; each repeats its font.
            words = text.split(" ")
            for at in range(0, len(words), 3):
                run = cell.paragraphs[0].add_run(" ".join(words[at : at + 3]) + " ")
                run.font.name, run.font.size = "Times New Roman", docx.shared.Pt(12)
    document.save(str(path))


def write_xlsx(rows: list[list[str]], path: Path) -> None:
    import xlsxwriter  # noqa: PLC0415

    # With shared strings, as Excel writes.
    with xlsxwriter.Workbook(path) as book:
        framed = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        sheet = book.add_worksheet("План")
        sheet.write_string(0, 0, TITLE)
        for number, row in enumerate([HEAD, *rows], 1):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text, framed)


def write_pdf(rows: list[list[str]], path: Path) -> None:
    from reportlab.lib import colors, pagesizes, styles  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics, ttfonts  # noqa: PLC0415
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle  # noqa: PLC0415

    pdfmetrics.registerFont(ttfonts.TTFont("Sans", str(FONT)))
    style = styles.ParagraphStyle("cell", fontName="Sans", fontSize=8, leading=10)
    cells = [[Paragraph(text.replace("&", "&amp;").replace("<", "&lt;"), style) for text in row] for row in rows]
    table = LongTable([[Paragraph(text, style) for text in HEAD], *cells], [40, 260, 110, 170, 170], repeatRows=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    SimpleDocTemplate(str(path), pagesize=pagesizes.landscape(pagesizes.A4)).build([Paragraph(TITLE, style), table])


def read_by_python_docx(path: Path) -> int:
    import docx  # noqa: PLC0415

    document = docx.Document(str(path))
    length = sum(len(paragraph.text) for paragraph in document.paragraphs)
    return length + sum(len(cell.text) for table in document.tables for row in table.rows for cell in row.cells)


def read_by_openpyxl(path: Path) -> int:
    import openpyxl  # noqa: PLC0415

    # Not `read_only`: merged cells are known in this mode only, and our reader gives them.
    book = openpyxl.load_workbook(path, data_only=True)
    return sum(
        len(str(value))
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    )


def read_by_pdfplumber(path: Path) -> int:
    import pdfplumber  # noqa: PLC0415

    with pdfplumber.open(path) as document:
        return sum(
            len(text or "")
            for page in document.pages
            for table in page.extract_tables()
            for row in table
            for text in row
        )


def read_by_us(path: Path) -> int:
    from loaders.cells import Paragraph  # noqa: PLC0415

    return sum(
        len(block.text) if isinstance(block, Paragraph) else sum(len(cell.text) for cell in block.cells)
        for block in read_document(path).blocks
    )


OTHERS: dict[str, tuple[str, Callable[[Path], int]]] = {
    "docx": ("python-docx", read_by_python_docx),
    "xlsx": ("openpyxl", read_by_openpyxl),
    "pdf": ("pdfplumber", read_by_pdfplumber),
}
READERS = {"vekha": read_by_us} | dict(OTHERS.values())


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def side_by_side(path: Path) -> bool:
    """One line of the table for a file; whether the goal of its format is reached, by the least times."""
    form = path.suffix[1:]
    name, other = OTHERS[form]
    ours, theirs = [], []
    ours_length, theirs_length = read_by_us(path), other(path)
    for _ in range(3 if form == "pdf" else TURNS):
        ours.append(timed(lambda: read_by_us(path)))
        theirs.append(timed(lambda: other(path)))
    times = min(theirs) / min(ours)
    print(
        f"{form:5}{ours_length:10}{theirs_length:10}"
        f"{statistics.median(ours) * 1e3:10.1f}{min(ours) * 1e3:8.1f}"
        f"{statistics.median(theirs) * 1e3:10.1f}{min(theirs) * 1e3:8.1f}"
        f"{times:8.1f}{GOALS[form]:6}   {name}"
    )
    return times >= GOALS[form]


def extraction(path: Path, reference: Reference, turns: int) -> None:
    """One line for a file: the least milliseconds of reading it and of extracting what was read."""
    document = read_document(path)
    read = min(timed(lambda: read_document(path)) for _ in range(turns))
    whole = min(timed(lambda: extract_document(document, reference=reference, profile=Profile())) for _ in range(turns))
    print(f"{document.format:5}{read * 1e3:10.1f}{whole * 1e3:10.1f}   {path.name}")


def in_process(*arguments: str | Path) -> str:
    """What this bench prints in a process of its own."""
    command = [sys.executable, "-m", "bench.reading", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def own_memory(reader: str, path: Path) -> float:
    """Megabytes that reading a file takes at most above the imports, in a process that does nothing else."""
    import docx  # noqa: F401, PLC0415  (imports are not what is measured)
    import openpyxl  # noqa: F401, PLC0415
    import pdfplumber  # noqa: F401, PLC0415

    reference = load_reference() if reader == "extract" else None
    before = peak()
    if reference is not None:
        extract(path, reference=reference, profile=Profile())
    else:
        READERS[reader](path)
    return peak() - before


def peak() -> float:
    """The most megabytes that this process has held so far."""
    with contextlib.suppress(OSError):
        # Not `getrusage`: on Linux it counts what the parent held at the start.
        found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
        if found:
            return int(found[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def write_files(folder: Path, count: int) -> None:
    rows = rows_of_examples(count)
    write_docx(rows, folder / "plan.docx")
    write_xlsx(rows, folder / "plan.xlsx")
    write_pdf(rows, folder / "plan.pdf")
    for document in open_documents():
        (folder / document.file).write_bytes(file_bytes(document))


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Written elsewhere, so that nothing but the readers fills the memory that the collector walks through.
        in_process("--write", folder, str(count))
        plans = [folder / f"plan.{form}" for form in OTHERS]
        print(f"{count} rows: characters read; milliseconds, median and least; times faster\n")
        print(f"{'':5}{'ours':>10}{'theirs':>10}{'ours':>10}{'':8}{'theirs':>10}{'':8}{'times':>8}{'goal':>6}")
        reached = [side_by_side(path) for path in plans]
        print(f"\nmemory, MB above the imports\n\n{'':5}{'ours':>10}{'theirs':>10}{'extract':>10}")
        for path, (other, _) in zip(plans, OTHERS.values(), strict=True):
            figures = [float(in_process("--memory", reader, path)) for reader in ("vekha", other, "extract")]
            print(f"{path.suffix[1:]:5}" + "".join(f"{figure:10.1f}" for figure in figures))
        print(f"\nmilliseconds, least\n\n{'':5}{'reading':>10}{'the rest':>10}")
        reference = load_reference()
        for path in [*plans, *(folder / document.file for document in open_documents())]:
            extraction(path, reference, turns=3)
    return 0 if all(reached) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        print(own_memory(sys.argv[2], Path(sys.argv[3])))
    elif sys.argv[1:2] == ["--write"]:
        write_files(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main())
