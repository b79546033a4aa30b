"""What every table for a spreadsheet needs: texts of documents that stay texts."""

from __future__ import annotations

from typing import Final

# What spreadsheets take for the start of a formula or of a command (OWASP, CSV injection).
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """The text as a cell of CSV that no spreadsheet takes for a formula: an apostrophe stands before one."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
