"""
Places in documents in the language of the reader: «таблица 2, строка 5» is «table 2, row 5» to who reads English.

The data keep one address of each cell, in Russian; only the words of our own addresses are changed, never names of
files and sheets. Who types an address may use either language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from api.language import Language

_START: Final = r"(?P<start>^|[,;] )"
_END: Final = r" (?P<number>\d+(?:–\d+)?)(?=$|[,;] )"
_RUSSIAN: Final = re.compile(rf"{_START}(?P<word>строка|строки|столбец|таблица|ячейка|с\.){_END}")
_ENGLISH: Final = re.compile(rf"{_START}(?P<word>lines?|rows?|column|table|cell|p\.){_END}")
_ENGLISH_WORDS: Final = {
    "строка": "line", "строки": "lines", "столбец": "column", "таблица": "table", "ячейка": "cell", "с.": "p.",
}  # fmt: skip
_IN_TABLES: Final = {"строка": "row", "строки": "rows"}
_BACK: Final = {
    "line": "строка", "lines": "строки", "row": "строка", "rows": "строки",
    "column": "столбец", "table": "таблица", "cell": "ячейка", "p.": "с.",
}  # fmt: skip


def place_in(language: Language, place: str) -> str:
    """A place of the data as the reader calls it; what is no address of ours stays as it is."""
    if language.code != "en":
        return place
    # In a table there are rows, in a text lines.
    words = _ENGLISH_WORDS | (_IN_TABLES if "таблица " in place else {})
    return _RUSSIAN.sub(lambda found: f"{found['start']}{words[found['word']]} {found['number']}", place)


def place_of_data(typed: str) -> str:
    """The address as the data have it, from one in Russian or English."""
    return _ENGLISH.sub(lambda found: f"{found['start']}{_BACK[found['word']]} {found['number']}", typed.strip())
