"""Lines around a table that are no rows: footnotes, page numbers, amendment notes, totals, signature stamps."""

from __future__ import annotations

import re

_SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_FOOTNOTE = re.compile(rf"\s*(?P<mark>[{_SUPERSCRIPT}]{{1,3}}|\*{{1,3}})\s*(?P<text>\S.*)", re.DOTALL)
_MARK = re.compile(rf"(?:(?<=[\w.,;:)»%])|(?<=[\w.,;:)»%]\s))([{_SUPERSCRIPT}]{{1,3}}|\*{{1,3}})(?=[\s.,;:)]|$)")
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-–—]\s*)?(?:с(?:тр)?\.?|страница|лист)?\s*\d{1,4}(?:\s*(?:из|/)\s*\d{1,4})?(?:\s*[-–—])?\s*", re.IGNORECASE
)
_AMENDMENT = re.compile(
    r"\s*\(?\s*(?:позиция|пункт|строка|п\.|раздел|подпункт|абзац)?\s*(?:[\d.]+\s*)?"
    r"(?:в\s+ред(?:акции|\.)|введен\w*|исключен\w*|утратил\w*\s+силу|признан\w*\s+утратившим|дополнен\w*|изложен\w*)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_TOTAL = re.compile(r"\s*(?:всего|итого)\b.*", re.IGNORECASE | re.DOTALL)
_STAMP = re.compile(
    r"подписан\w*\s+электронной|электронн\w+\s+подпис|сертификат\s*:?\s*[0-9a-f]{6}|действителен\s+с|владелец\s*:"
    r"|^\s*(?:согласовано|утверждаю|рассмотрено|принято)\b",
    re.IGNORECASE,
)


def footnote(text: str) -> tuple[str, str] | None:
    """Mark and text of a footnote paragraph, or None."""
    found = _FOOTNOTE.fullmatch(text)
    return None if found is None else (found["mark"], " ".join(found["text"].split()))


def is_footnote(text: str) -> bool:
    return _FOOTNOTE.fullmatch(text) is not None


def marks_in(text: str) -> list[str]:
    """Footnote marks that stand after a word or a sentence."""
    return [found[1] for found in _MARK.finditer(text)]


def without_marks(text: str) -> str:
    """The text without footnote marks."""
    return re.sub(r"[^\S\n]+(?=\n|$)", "", _MARK.sub("", text)).strip()


def is_page_number(text: str) -> bool:
    return _PAGE_NUMBER.fullmatch(text) is not None


def is_amendment(text: str) -> bool:
    """«(Позиция в редакции …)», «(в ред. …)», «утратил силу»."""
    return _AMENDMENT.fullmatch(text) is not None


def is_total(text: str) -> bool:
    return _TOTAL.fullmatch(text) is not None


def is_stamp(text: str) -> bool:
    return _STAMP.search(text) is not None
