"""Acts: the one that approves the document, and those that it cites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.extraction import Act
from loaders.head.naming import nominative
from loaders.head.statement import Statement
from ontology.language import lemma, normalise, readings
from ontology.language.lemmas import inflect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KINDS = r"распоряжени|приказ|постановлени|протокол|решени|указ|закон|письм|соглашени"
_MONTHS = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
_DATE = (
    r"[«\"]?\s*(?P<day>\d{1,2})\s*[»\"]?[\s._]*(?:\.\s*(?P<month>\d{1,2})\s*\.|(?P<word>[а-яё]{3,8})[\s._]*)\s*"
    r"(?P<year>\d{4}|\d{2})(?!\d)\s*(?:г(?:ода|\.)?)?"
)
_NUMBER = (
    r"(?:№|N|No)\s*(?P<number>[А-ЯA-Zа-я]{0,3}-?\d[\w/\-]*(?:\s(?:рп|р|п|па|пр|од|о)\b)?"
    r"(?:\s/\s(?:[А-ЯЁ]{1,4}|\d{1,5})\b)?)"
)
_NAMED = r"(?:\s*[,:]?\s*(?P<name>«(?:[^«»]|«[^«»]*»)*»{0,2}))?"
_QUOTED = r"«[^«»;\n]{0,80}№[^«»;\n]{0,80}»"
_GAP = rf"(?P<issuer>(?:[^;\n№]|{_QUOTED}){{0,220}}?)"
# Before a date and a number of the act the issuer may have a number too: «приказом директора школы № 5 от … № 45».
_NUMBERED_GAP = rf"(?P<issuer>(?:[^;\n№]|{_QUOTED}|№\s*\d{{1,4}}(?![\w/-])){{0,220}}?)"
_FULL_DATE = r"(?=\d{2}\.\d{2}\.\d{4})"
_KIND = rf"\b(?P<kind>(?:{_KINDS})\w{{0,4}})\b"
_CITED = (
    re.compile(
        rf"{_KIND}{_NUMBERED_GAP}\s*(?:\bот\s+|(?<=\s){_FULL_DATE}){_DATE}\s*,?\s*(?:протокол\w*\s*)?{_NUMBER}{_NAMED}",
        re.IGNORECASE,
    ),
    re.compile(rf"{_KIND}{_GAP}\s*{_NUMBER}\s*,?\s*от\s+{_DATE}{_NAMED}", re.IGNORECASE),
)
_APPROVED_BY = re.compile(r"\s*(?:[«\"(]?\s*(?:утвержд|утв\.)|приложени\w*\s*(?:№?\s*\d+)?\s*к\b)", re.IGNORECASE)
_KIND_LINE = re.compile(rf"[\W_]*(?P<kind>(?:{_KINDS})\w{{0,3}})[\W_]*", re.IGNORECASE)
_DATE_LINE = re.compile(rf"\b(?:от\s+)?{_DATE}", re.IGNORECASE)
_NUMBER_LINE = re.compile(_NUMBER)
_HEAD_DEPTH = 15
_STAMP_LINES = 7
_APPROVES = re.compile(r"№[^«»]{0,80}«?\s*об\s+утверждении\b", re.IGNORECASE)


def find_acts(statements: Sequence[Statement], *, until: int | None = None) -> list[Act]:
    """
    Acts in document order, each once, the approving one first.

    `statements` are prose and cells alike; the title stands at line `until`, before which «Утверждено …», «Приложение
    к …» and a letterhead (issuer, kind, date and number on lines of their own) name the act that approves.
    """
    approving = _letterhead(statements) or _stamp(statements, until) or _named_order(statements, until)
    found = [approving] if approving else []
    for statement in statements:
        found.extend(_cited(statement))
    unique: dict[tuple[str, str | None], Act] = {}
    for act in found:
        key = (re.sub(r"[\W_]+", "", act.number or "").lower(), act.date)
        if key not in unique:
            unique[key] = act
    return sorted(unique.values(), key=lambda act: act.role != "approves")


def _cited(statement: Statement) -> Iterator[Act]:
    text = statement.text
    matches = [found for pattern in _CITED for found in pattern.finditer(text)]
    taken: list[tuple[int, int]] = []
    acts: list[tuple[int, Act]] = []
    for found in sorted(matches, key=lambda match: match.start()):
        # The nearest kind word before the date: a longer match that swallows another act gives way.
        inner = list(re.finditer(rf"\b(?:{_KINDS})\w{{0,4}}\b", found["issuer"], re.IGNORECASE))
        if inner or any(start < found.end() and found.start() < end for start, end in taken):
            if not inner:
                continue
            shorter = next(
                (
                    p.match(text, found.start("issuer") + inner[-1].start())
                    for p in _CITED
                    if p.match(text, found.start("issuer") + inner[-1].start())
                ),
                None,
            )
            if shorter is None or any(start < shorter.end() and shorter.start() < end for start, end in taken):
                continue
            found = shorter  # noqa: PLW2901
        taken.append(found.span())
        issuer = found["issuer"].strip(" ,")
        act = Act(
            raw=" ".join(found[0].split()),
            kind=lemma(found["kind"]),
            number=_number(found["number"]),
            date=_date(found),
            issuer=nominative(" ".join(issuer.split())) or None,
            role="cites",
            line=statement.line,
        )
        acts.append((found.start(), act))
    yield from (act for _, act in sorted(acts, key=lambda entry: entry[0]))


def _stamp(statements: Sequence[Statement], until: int | None) -> Act | None:
    """The act of «Утверждено …» or «Приложение к …» before the title, which may run over several lines."""
    opening = [
        Statement(line, statement.line)
        for statement in _opening(statements, until)
        for line in statement.text.split("\n")
        if line.strip()
    ]
    for at, statement in enumerate(opening):
        joined = " ".join(" ".join(part.text.split()) for part in opening[at : at + _STAMP_LINES])
        if _APPROVED_BY.match(joined):
            act = next(_cited(Statement(joined, statement.line)), None)
            if act is not None:
                act.role = "approves"
                return act
    return None


def _opening(statements: Sequence[Statement], until: int | None) -> list[Statement]:
    return [
        statement
        for statement in statements[:_HEAD_DEPTH]
        if statement.prose and (until is None or (statement.line is not None and statement.line < until))
    ]


def _named_order(statements: Sequence[Statement], until: int | None) -> Act | None:
    """«Приказ от … № 200 «Об утверждении дорожной карты»» before the title."""
    for statement in _opening(statements, until):
        if _APPROVES.search(statement.text) and (act := next(_cited(statement), None)) is not None:
            act.role = "approves"
            return act
    return None


def _letterhead(statements: Sequence[Statement]) -> Act | None:
    """The act whose kind stands alone on a line near the top, with date and number on the lines after it."""
    lines = [
        (line.strip(), statement.line)
        for statement in statements[:_HEAD_DEPTH]
        if statement.prose
        for line in statement.text.split("\n")
        if line.strip()
    ]
    for at, (text, line) in enumerate(lines):
        found = _KIND_LINE.fullmatch(text)
        if found is None or not (text.isupper() or text[0].isupper()):
            continue
        date_found = number = None
        raw = [text]
        for after, _ in lines[at + 1 : at + 6]:
            if len(after) > 60:
                break
            new_date, new_number = _DATE_LINE.search(after), _NUMBER_LINE.search(after)
            if date_found is None and new_date:
                date_found = _date(new_date)
            if number is None and new_number:
                number = _number(new_number["number"])
            if new_date or new_number:
                raw.append(after)
        if number is None and date_found is None:
            continue
        issuer = _issuer([name for name, _ in lines[:at]])
        return Act(" ".join(raw), lemma(found["kind"]), number, date_found, issuer, "approves", line)
    return None


def _issuer(lines: list[str]) -> str | None:
    """«АДМИНИСТРАЦИЯ ГОРОДА», «ДЕПАРТАМЕНТ ОБРАЗОВАНИЯ» give «Департамент образования администрации города»."""
    names = [line for line in lines[-3:] if len(line) > 5 and not re.search(r"\d|[a-z]", line)]
    if not names:
        return None
    first, *rest = [_sentence(name) for name in reversed(names)]
    outer = []
    for name in rest:
        head, _, tail = name.partition(" ")
        genitive = inflect(head, {"gent"})
        outer.append(f"{genitive or head.lower()} {tail}".strip())
    return " ".join([first, *outer])


def _sentence(name: str) -> str:
    """A name set in capitals in ordinary letters; only geographical names keep a capital."""
    if not name.isupper():
        return name
    words = [
        word.capitalize()
        if any({"Geox", "Surn"} & reading.grammemes and reading.score > 0.3 for reading in readings(word))
        else word.lower()
        for word in name.split()
    ]
    joined = " ".join(words)
    return joined[0].upper() + joined[1:]


def _date(found: re.Match[str]) -> str | None:
    month = int(found["month"]) if found["month"] else _month(found["word"] or "")
    day, year = int(found["day"]), int(found["year"])
    year += 2000 if year < 100 else 0
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return f"{year:04}-{month:02}-{day:02}"


def _month(word: str) -> int:
    stem = normalise(word)
    return next((at for at, start in enumerate(_MONTHS, start=1) if stem.startswith(start)), 0)


def _number(printed: str) -> str:
    """«662 р» as «662р», the rest as printed."""
    return re.sub(r"\s+", "", printed)
