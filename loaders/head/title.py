"""The document's own title, which may stand on several lines and after the order that approves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.head.glossary import is_definition_line
from loaders.layout.joining import ends_open, starts_small
from ontology.language import readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loaders.head.statement import Statement

# Genres in the nominative, the surest first: a title begins with its genre.
_GENRES: tuple[tuple[str, int], ...] = (
    (r"«?\"?\(?(?:муниципальная |региональная |ведомственная |школьная )?дорожная карта\)?\"?»?", 3),
    (r"(?:комплексный |межведомственный |сетевой )?план(?:-| )график", 3),
    (
        r"(?:[а-яё]+[ыои]й )?план (?:основных )?(?:мероприятий|действий|реализации)",
        3,
    ),
    (r"комплекс (?:мер|мероприятий)|комплексный план|перечень мероприятий", 3),
    (r"(?:целевая |комплексная |региональная |муниципальная )?(?:программа|модель|концепция|стратегия|план|проект)", 1),
)
_LONGEST = 600
_BARE_GENRE = re.compile(
    r"[\W_]*(?:(?:дорожная карта|план мероприятий|план-график|комплекс мер|план|программа)[\W_]*)+", re.IGNORECASE
)
_SET_IN_CAPITALS = re.compile(
    r"ДОРОЖНАЯ КАРТА|ПЛАН(?:-ГРАФИК)?(?: МЕРОПРИЯТИЙ)?|КОМПЛЕКС МЕР|ПРОГРАММА|МОДЕЛЬ|КОНЦЕПЦИЯ|СТРАТЕГИЯ"
)
_NO_TITLE = re.compile(r"\s*(?:[-–•]|\d+[.)]\s|№|от\s+\d|\d{1,2}\.\d{2}\.\d{4})")
_IN_BRACKETS = re.compile(r"\([^()]+\)")
_OF_AN_ACT = re.compile(r"\b(?:утв|ред(?:акци|\.)|приказ|распоряж|постановл|протокол|решени|приложени)", re.IGNORECASE)
_OBLIQUE = {"gent", "datv", "ablt", "loct"}


@dataclass(frozen=True, slots=True)
class Title:
    """One line; `index` and `last` are the positions of the statements it was read from, both inclusive."""

    text: str
    index: int
    last: int


def find_title(statements: Sequence[Statement], *, until: int | None = None) -> Title | None:
    """
    The title among the prose before line `until`; without a known genre the first heading; None if there is neither.

    A title set in capitals keeps them except in the name of the genre.
    """
    best: tuple[int, int] | None = None
    for index, statement in enumerate(statements):
        if not statement.prose or (until is not None and statement.line is not None and statement.line >= until):
            continue
        rank = _genre_rank(statement.text)
        if rank and _may_be_title(statement.text) and (best is None or rank > best[0]):
            best = (rank, index)
    if best is None:
        index = next((i for i, s in enumerate(statements) if s.prose and s.heading and _may_be_title(s.text)), -1)
        if index < 0:
            return None
        best = (0, index)
    return _whole(statements, best[1], until)


def _genre_rank(text: str) -> int:
    for pattern, rank in _GENRES:
        if re.match(rf"[\W_]*{pattern}\b", text, re.IGNORECASE):
            return rank
    return 0


def _may_be_title(text: str) -> bool:
    one_line = " ".join(text.split())
    if _NO_TITLE.match(one_line) or len(one_line) > _LONGEST:
        return False
    return not re.search(r"[;:]$|(?<![гд]\.)(?<!\bг)(?<!\bгг)\.$", one_line)


def _whole(statements: Sequence[Statement], index: int, until: int | None) -> Title:
    text = " ".join(statements[index].text.split())
    last = index
    for after in range(index + 1, min(index + 6, len(statements))):
        statement = statements[after]
        if not statement.prose or (until is not None and statement.line is not None and statement.line >= until):
            break
        following = " ".join(statement.text.split())
        if not _continues(text, following):
            break
        text = f"{text} {following}"
        last = after
    return Title(_sentence_case(text), index, last)


def _continues(text: str, following: str) -> bool:
    if is_definition_line(following) or _NO_TITLE.match(following) or len(following) > _LONGEST // 2:
        return False
    if _IN_BRACKETS.fullmatch(following):
        return not _OF_AN_ACT.search(following)
    if _BARE_GENRE.fullmatch(text) or starts_small(following) or ends_open(text):
        return True
    if re.search(r"(?:19|20)\d\d\W*(?:г\.?\s?г?\.?|год\w*)?\W*$", text):
        return False
    word = re.match(r"[^\W\d_]+", following)
    likely = readings(word[0])[0] if word else None
    return likely is not None and likely.case in _OBLIQUE and not following.endswith(".")


def _sentence_case(text: str) -> str:
    """The title with the names of genres in small letters; other words keep their capitals."""
    small = _SET_IN_CAPITALS.sub(lambda found: found[0].lower(), text)
    return text[:1] + small[1:] if small[:1].isalpha() else small
