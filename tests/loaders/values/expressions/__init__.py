"""
Tables of Russian expressions with what they mean.

`plan_deadlines` are the strings of the five examples with the values set by hand; the others are our own.
"""

from __future__ import annotations

import csv
from pathlib import Path

from loaders.extraction import Period

PERIODS = {
    "none": None,
    "2020/2024": Period("2020-2024", "2020-01-01", "2024-12-31"),
    "2021/2024": Period("2021-2024", "2021-01-01", "2024-12-31"),
    "2022": Period("2022 год", "2022-01-01", "2022-12-31"),
    "2022/2023 school": Period("2022/2023 учебный год", "2022-09-01", "2023-08-31"),
}


def table(name: str) -> list[dict[str, str]]:
    """Rows of `name`.tsv; «\\n» in an expression is a line break of the cell."""
    path = Path(__file__).parent / f"{name}.tsv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [{key: value.replace("\\n", "\n") for key, value in row.items()} for row in rows]
