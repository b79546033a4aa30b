"""Sections of a table: titles in spanning rows, in bare paragraphs, in a merged column, and how they nest."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from loaders.extraction import SectionStep
from loaders.layout.joining import mend
from loaders.layout.numbering import row_number

_KEYWORD = re.compile(
    r"(?P<word>подпрограмма|раздел|глава|часть|блок|модуль|направление|цель|задача|этап|мероприятия по разделу)\b[\s№]*"
    r"(?P<number>\d{1,2}(?:\.\d{1,2})*|[IVXLC]{1,5})?\s*[.:)«\"–—-]",
    re.IGNORECASE,
)
# «I этап (2022 год)», «Подготовительный этап»
_STAGE = re.compile(
    r"(?:[IVX]{1,4}|\d{1,2}(?:-?(?:й|ый|ой))?|[а-яё]+(?:ый|ий|ой))\s+(?P<word>этап|раздел|блок|модуль)\b.{0,120}",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?P<number>[IVXLC]{1,5}|\d{1,2}(?:\.\d{1,2})*)\s*[.)]\s+\S")
_LEVELS: tuple[tuple[str, str], ...] = (
    (r"межмуниципальн\w*|хаб\w*|межрайонн\w*", "hub"),
    (r"межрегиональн\w*", "interregional"),
    (r"федеральн\w*|всероссийск\w*", "federal"),
    (r"региональн\w*|областн\w*|краев\w*|республиканск\w*|регион\w*", "region"),
    (r"муниципал\w*|районн\w*|городск\w*", "municipality"),
    (r"образовательн\w*\s+(?:организаци|учреждени)\w*|школьн\w*|школ\w*|оо|доу|дошкольн\w*\s+организаци\w*", "school"),
)
_LEVEL_TITLE = re.compile(
    r"(?:мероприятия\s+)?(?:на\s+)?(?P<name>.{2,60}?)\s*уровн\w+.{0,20}|на\s+уровне\s+(?P<of>.{2,60})", re.IGNORECASE
)


def level_of(text: str) -> str | None:
    """The level that a short title or list item names («На муниципальном уровне», «межмуниципальный»), or None."""
    words = text.strip().lower().replace("ё", "е")
    for pattern, level in _LEVELS:
        if re.match(pattern + r"\b", words):
            return level
    return None


def level_of_title(text: str) -> str | None:
    """The level of a section whose whole title says «на … уровне»; None for a title that only mentions one."""
    found = _LEVEL_TITLE.fullmatch(text.strip().rstrip(":."))
    return None if found is None else level_of(found["name"] or found["of"])


def is_section_title(text: str) -> bool:
    """A title that says so by its first words: «Задача: …», «Раздел II. …», «II этап (2023 год)»."""
    return _KEYWORD.match(text) is not None or _STAGE.fullmatch(text) is not None


def section_number(text: str) -> int | None:
    """The number of a title that is one of a series: 2 for «2. Кадры», «II. Кадры», «Блок 2. Кадры», «II этап»."""
    found = _KEYWORD.match(text) or _NUMBERED.match(text)
    printed = found["number"] if found else None
    if printed is None and _STAGE.fullmatch(text):
        printed = re.match(r"[IVX]{1,4}|\d{1,2}|", text, re.IGNORECASE)[0]  # type: ignore[index]  # matches always
    number = row_number(printed) if printed else None
    return number.path[0] if number and len(number.path) == 1 else None


# Outer before inner where words or numbers say so; other kinds nest by their order in the document.
_RANKS = {
    "подпрограмма": 0,
    "часть": 1,
    "раздел": 1,
    "глава": 1,
    "модуль": 2,
    "блок": 2,
    "цель": 3,
    "направление": 4,
    "задача": 5,
    "этап": 5,
    "roman": 2,
    "number-0": 6,
    "number-1": 7,
    "number-2": 8,
}


@dataclass(slots=True)
class OpenSection:
    """`entries` counts the rows that stand in the section and in those inside it."""

    kind: str
    step: SectionStep
    level: str | None
    entries: int = 0


@dataclass(slots=True)
class SectionStack:
    """The sections that are open at a row; a title of a kind already open closes that section and all inside it."""

    open: list[OpenSection] = field(default_factory=list)

    def begin(self, title: str, *, number: str | None = None, kind: str | None = None) -> OpenSection:
        """The section that a title opens; two titles of different kinds without a row between them nest."""
        title = " ".join(title.split())
        key = kind or _kind(title, number)
        level = level_of_title(title)
        kinds = [opened.kind for opened in self.open]
        if key in kinds:
            del self.open[kinds.index(key) :]
        elif self.open and self.open[-1].entries and not _inside(key, self.open[-1].kind):
            closed = self.open.pop()
            # «Эффективные формы …» after the items of a level is still of that level
            level = level or (closed.level if key == "title" else None)
        self.open.append(OpenSection(key, SectionStep(number, title), level))
        return self.open[-1]

    def extend(self, text: str) -> None:
        """Adds the rest of a title that a page has cut."""
        step = self.open[-1].step
        step.title = " ".join(mend(step.title, text).split())

    def count_entry(self) -> None:
        """Notes that a row stands in the open sections."""
        for opened in self.open:
            opened.entries += 1

    @property
    def path(self) -> list[SectionStep]:
        """The open sections from the outermost; a later `extend` is seen by all who hold a step."""
        return [opened.step for opened in self.open]

    @property
    def level(self) -> str | None:
        return next((opened.level for opened in reversed(self.open) if opened.level), None)


def _inside(kind: str, other: str) -> bool:
    return kind in _RANKS and other in _RANKS and _RANKS[kind] > _RANKS[other]


def _kind(title: str, number: str | None) -> str:
    if found := _KEYWORD.match(title) or _STAGE.fullmatch(title):
        return found["word"].lower()
    if level_of_title(title):
        return "level"
    numbered = _NUMBERED.match(title)
    printed = (number or (numbered["number"] if numbered else "")).strip(" .)")
    if re.fullmatch(r"[IVXLC]+", printed):
        return "roman"
    return f"number-{printed.count('.')}" if printed else "title"
