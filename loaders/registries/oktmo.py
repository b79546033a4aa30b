"""
ОКТМО as the statistics service publishes it: CSV in windows-1251, semicolons, no header, 13 columns.

Columns by position: federal subject (2 digits), three further parts of the code (3 digits each, the last 000 for
municipalities), check digit, section (1 municipalities, 2 settlements), name, centre, description, number of the
amendment, kind of change, date accepted, date in force.  The order of the last six is documented nowhere that could be
checked, so a date is taken only where one stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from loaders.registries.rows import read_rows
from loaders.registries.source import RegisterError
from ontology.identifiers import Identifier, oktmo_problem
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.registries.reading import Reading
    from loaders.registries.rows import Row

_COLUMNS: Final = 13
_PARTS: Final = (r"\d{1,2}", r"\d{1,3}", r"\d{1,3}", r"\d{1,3}")
_KINDS: Final = {
    "3": "внутригородская территория",
    "5": "муниципальный округ",
    "6": "муниципальный район",
    "7": "городской округ",
}
_DATE: Final = re.compile(r"\d\d\.\d\d\.\d{4}|\d{4}-\d\d-\d\d")


def read_oktmo(reading: Reading) -> Iterator[RegisterRecord]:
    """
    Municipalities of both tiers in file order; settlements only if everything is wanted.  Headings of groups are not.

    Raises:
        RegisterError: A row has other columns or no code.
    """
    for row in read_rows(reading.source, delimiter=";"):
        place = f"строка {row.line}"
        code = _code(row, reading)
        subject, upper, lower, settlement = code[:2], code[2:5], code[5:8], code[8:]
        if settlement != "000":
            if not reading.everything:
                reading.left_out["settlement"] += 1
                continue
        elif upper.endswith("00") or (lower != "000" and lower.endswith("00")):
            reading.left_out["heading"] += 1
            continue
        key = code if settlement != "000" else code[:8]
        first_tier = lower == "000" and settlement == "000"
        problem = oktmo_problem(key, row.cells[4]) if len(key) == len(code) or row.cells[4] else None
        if problem is not None and oktmo_problem(code, row.cells[4]) is not None:
            reading.warn(place, "oktmo", f"{key} {row.cells[4]}", problem)
        else:
            problem = None
        known = reading.places.territory_of_code(key) if first_tier else None
        iri = reading.iri(key)
        parent = None
        if not first_tier:
            parent = reading.iri(f"{subject}{upper}000" if settlement == "000" else f"{subject}{upper}{lower}")
        yield RegisterRecord(
            iri=iri,
            register=reading.register,
            key=key,
            kind="territory",
            name=row.cells[6],
            identifiers=(Identifier("oktmo", key, problem),),
            kind_text=_KINDS.get(upper[0], "муниципальное образование") if first_tier else "",
            territory=(known or reading.places.new_territory(key)) if first_tier else None,
            region=reading.places.subject_of_code(key),
            parent=parent,
            present=iri if first_tier else None,
            address=row.cells[7],
            valid_from=reading.day_of(row.cells[12], place, "13") if _DATE.fullmatch(row.cells[12]) else None,
        )


def _code(row: Row, reading: Reading) -> str:
    if len(row.cells) != _COLUMNS:
        raise RegisterError(
            "{file}, line {line}: {count} cells for {columns} columns; the file is cut off or damaged.",
            file=reading.file,
            line=row.line,
            count=len(row.cells),
            columns=_COLUMNS,
        )
    for column, (cell, form) in enumerate(zip(row.cells, _PARTS, strict=False), start=1):
        if not re.fullmatch(form, cell, re.ASCII):
            raise RegisterError(
                "{file}, line {line}, column {column}: «{text}» is no part of a code; this is another file, or its "
                "form has changed.",
                file=reading.file,
                line=row.line,
                column=column,
                text=cell[:40],
            )
    if not row.cells[6]:
        raise RegisterError("{file}, line {line}: the name is missing.", file=reading.file, line=row.line)
    # A spreadsheet takes leading zeros away; the parts have fixed lengths, so they come back.
    return row.cells[0].zfill(2) + "".join(cell.zfill(3) for cell in row.cells[1:4])
