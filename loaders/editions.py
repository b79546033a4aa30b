"""
Which row of a new edition is which entry of the edition before it.

Equal rows are found by their text; of several equal ones the order in their section decides.  The rest are compared by
the beginnings of their words in order (rapidfuzz), where a row beside the same neighbour, or with the same number in
the same section, may be reworded more than one elsewhere.  Each entry goes to at most one row.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from ontology.language import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyoxigraph import NamedNode

    from loaders.extraction import Row, RowCell
    from loaders.stored_versions import StoredEntry, StoredSection, StoredVersion

# Shares of equal words, in percent.  Of 11 000 pairs of different activities in the five examples 7 reach 80
# («разработка мониторинга …» and «организация проведения мониторинга …») and 27 reach 60.
SAME_ANYWHERE: Final = 80.0
SAME_WITH_CELLS: Final = 70.0
SAME_IN_PLACE: Final = 60.0
SAME_IN_PLACE_WITH_CELLS: Final = 30.0
CELLS_AGREE: Final = 90.0
# Fewer words («Другие», «ежегодно») say too little to be compared.
TELLING: Final = 3
# Letters by which the forms of a word are one.
_STEM: Final = 5
# A row may stand this far from where it stood and still be compared; it bounds the time for long documents.
REACH: Final = 1000
_CANDIDATES: Final = 10

_WORDS: Final = re.compile(r"[^\W\d_]{3,}|\d+")

# What outline_of names a section by: the table of a form or result, then number and title of each step.
SectionPath = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """
    What a new reading of a roadmap carries on from the versions in the store.

    `entries` are the kept names by position of the row from 0, `sections` by path; no new name may be in `taken`.
    `previous` is the version before this one, with which it is compared.
    """

    entries: dict[int, NamedNode] = field(default_factory=dict)
    sections: dict[SectionPath, NamedNode] = field(default_factory=dict)
    taken: frozenset[NamedNode] = frozenset()
    previous: StoredVersion | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Entry `previous` of the stored version is row `current` of the new one; both count from 0."""

    previous: int
    current: int


def match_entries(
    previous: Sequence[StoredEntry], current: Sequence[Row], *, strike_out: Callable[[str], str] = str
) -> list[Match]:
    """
    The rows that go on, ascending by their position in the new edition; one-to-one.

    Only entries and rows of one kind are matched.  `strike_out` takes names of persons out of a text: it is applied
    to the new rows if the stored ones have come without names.
    """
    hidden = any(cell.struck for entry in previous for cell in entry.cells)
    shown = strike_out if hidden else str
    before = [_Side.of_entry(entry) for entry in previous]
    after = [_Side.of_row(row, shown) for row in current]
    return _Matching(before, after).run()


def match_sections(
    version: StoredVersion, current: Sequence[Row], matches: Iterable[Match]
) -> dict[SectionPath, NamedNode]:
    """
    Names that sections keep, by the path of the section in the new edition.

    A section goes on if its title does under the same parent; a renamed one, if most of its rows came from one section
    whose other rows went nowhere else in greater number.
    """
    votes: dict[SectionPath, Counter[NamedNode]] = defaultdict(Counter)
    sizes: Counter[SectionPath] = Counter()
    by_iri = {section.iri: section for section in version.sections}
    partners = {match.current: version.entries[match.previous] for match in matches}
    for index, row in enumerate(current):
        for depth, path in enumerate(section_paths(row), 1):
            sizes[path] += 1
            partner = partners.get(index)
            chain = _chain(partner.section, by_iri) if partner else []
            if len(chain) >= depth:
                votes[path][chain[depth - 1].iri] += 1
    kept: dict[SectionPath, NamedNode] = {}
    taken: set[NamedNode] = set()
    claims = sorted(
        (
            (_title_agrees(path, by_iri[iri]), count, -order, path, iri)
            for order, path in enumerate(sizes)
            for iri, count in votes[path].items()
        ),
        key=lambda claim: claim[:3],
        reverse=True,
    )
    for agrees, count, _, path, iri in claims:
        if path not in kept and iri not in taken and (agrees or count * 2 > sizes[path]):
            kept[path] = iri
            taken.add(iri)
    return kept


def section_paths(row: Row) -> list[SectionPath]:
    """
    The paths of a row's sections from the outermost in.

    Tables of forms and results number their sections for themselves, so their paths begin with the table.
    """
    scope: SectionPath = () if row.kind == "activity" else (row.place.table,)
    steps = [(step.number, step.title) for step in row.section_path]
    return [(*scope, *steps[:depth]) for depth in range(1, len(steps) + 1)]


def share_matched(previous: int, current: int, matched: int) -> float:
    """Which part of the shorter of the two went on; 0 if one of them is empty."""
    return matched / min(previous, current) if previous and current else 0.0


def titles_agree(first: str | None, second: str | None) -> bool:
    """Whether two titles differ at most in a few letters, as by a misprint or another case ending."""
    return bool(first and second) and fuzz.ratio(_key(first or ""), _key(second or "")) >= CELLS_AGREE


def printed_text(cell: RowCell) -> str:
    """What stands in the cell, whatever a person made of it."""
    return cell.text if cell.printed is None else cell.printed


def kind_of(row: Row) -> str:
    """The kind in the name of the row's entry."""
    return {"activity": "activity", "result": "result", "indicator": "result"}.get(row.kind, "form-item")


@dataclass(frozen=True, slots=True)
class _Side:
    """One row as it is compared: `others` are the cells beside its main text, without the number."""

    kind: str
    text: str
    others: str
    number: str
    section: tuple[str, ...]
    words: tuple[str, ...]
    other_words: tuple[str, ...]

    @classmethod
    def of_entry(cls, entry: StoredEntry) -> _Side:
        section = (_key(entry.section.title),) if entry.section else ()
        cells = [(cell.role, cell.text) for cell in entry.cells]
        return cls._of(entry.kind, entry.text, cells, entry.number, section)

    @classmethod
    def of_row(cls, row: Row, shown: Callable[[str], str]) -> _Side:
        section = (_key(shown(row.section_path[-1].title)),) if row.section_path else ()
        text = row.activity or row.result or row.indicator or row.number or ""
        cells = [(cell.role, shown(printed_text(cell))) for cell in row.cells]
        return cls._of(kind_of(row), shown(text), cells, row.number, section)

    @classmethod
    def _of(
        cls, kind: str, text: str, cells: list[tuple[str, str]], number: str | None, section: tuple[str, ...]
    ) -> _Side:
        main = _key(text)
        others = " | ".join(key for role, cell in cells if role != "number" and (key := _key(cell)) != main)
        return cls(kind, main, others, (number or "").strip(" .)"), section, _words(main), _words(others))


class _Matching:
    def __init__(self, before: list[_Side], after: list[_Side]) -> None:
        self._before = before
        self._after = after
        self._forth: dict[int, int] = {}
        self._back: dict[int, int] = {}

    def run(self) -> list[Match]:
        self._match_equal(lambda side: (side.kind, side.text, side.others), alone=False)
        self._match_equal(lambda side: (side.kind, side.text, side.section), alone=True)
        self._match_equal(lambda side: (side.kind, side.text) if len(side.words) >= TELLING else None, alone=True)
        self._match_similar()
        return [Match(previous, current) for current, previous in sorted(self._back.items())]

    def _take(self, previous: int, current: int) -> None:
        self._forth[previous], self._back[current] = current, previous

    def _match_equal(self, key: Callable[[_Side], tuple[object, ...] | None], *, alone: bool) -> None:
        """Match rows of equal key; `alone` leaves a key that several rows have to a later, closer look."""
        groups: dict[tuple[object, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, (rows, taken) in enumerate(((self._before, self._forth), (self._after, self._back))):
            for index, row in enumerate(rows):
                found = key(row) if index not in taken else None
                if found is not None:
                    groups[found][side].append(index)
        for previous, current in groups.values():
            if len(previous) == len(current) == 1:
                self._take(previous[0], current[0])
            elif not alone and previous and current:
                self._align(previous, current)

    def _align(self, previous: list[int], current: list[int]) -> None:
        """Rows with equal text: those of one section in their order, if their count is the same, else by number."""
        self._align_by(lambda side: (side.section,), previous, current, whole=True)
        self._align_by(lambda side: (side.section, side.number), previous, current)
        self._align_by(lambda side: (side.section,), previous, current)
        self._align_by(lambda _: (), previous, current)

    def _align_by(
        self,
        key: Callable[[_Side], tuple[object, ...]],
        previous: list[int],
        current: list[int],
        *,
        whole: bool = False,
    ) -> None:
        groups: dict[tuple[object, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for index in previous:
            if index not in self._forth:
                groups[key(self._before[index])][0].append(index)
        for index in current:
            if index not in self._back:
                groups[key(self._after[index])][1].append(index)
        for old, new in groups.values():
            if not whole or len(old) == len(new):
                for pair in zip(old, new, strict=False):
                    self._take(*pair)

    def _match_similar(self) -> None:
        neighbours = _Neighbours(self._forth, len(self._before), len(self._after))
        pairs = []
        for kind in sorted({side.kind for side in self._after}):
            old = [i for i, side in enumerate(self._before) if side.kind == kind and i not in self._forth]
            new = [i for i, side in enumerate(self._after) if side.kind == kind and i not in self._back]
            for current in new:
                reach = old[bisect_left(old, current - REACH) : bisect_left(old, current + REACH)]
                same_place = [index for index in neighbours.of(current) if index in reach]
                for previous in self._candidates(current, reach, same_place):
                    score = self._score(previous, current, in_place=previous in same_place)
                    if score:
                        pairs.append((score, -abs(previous - current), previous, current))
        for _, _, previous, current in sorted(pairs, key=lambda pair: (-pair[0], -pair[1], pair[2:])):
            if previous not in self._forth and current not in self._back:
                self._take(previous, current)

    def _candidates(self, current: int, reach: list[int], same_place: list[int]) -> list[int]:
        """The rows of nearest text, and those in the same place whatever their text."""
        side = self._after[current]
        texts = [self._before[index].words for index in reach]
        found = process.extract(
            side.words, texts, scorer=fuzz.ratio, score_cutoff=SAME_IN_PLACE_WITH_CELLS, limit=_CANDIDATES
        )
        nearest = [reach[position] for _, _, position in found]
        return list(dict.fromkeys([*nearest, *same_place]))

    def _score(self, previous: int, current: int, *, in_place: bool) -> float:
        """0 if these are not the same row."""
        before, after = self._before[previous], self._after[current]
        text = fuzz.ratio(before.words, after.words)
        others = fuzz.ratio(before.other_words, after.other_words)
        same_number = bool(before.number) and (before.section, before.number) == (after.section, after.number)
        in_place = in_place or same_number
        cells_agree = others >= CELLS_AGREE and min(len(before.other_words), len(after.other_words)) > TELLING
        fewest = min(len(before.words), len(after.words))
        if not fewest or (fewest < TELLING and not in_place):
            return 0.0
        least = (
            (SAME_IN_PLACE_WITH_CELLS if cells_agree else SAME_IN_PLACE)
            if in_place
            else (SAME_WITH_CELLS if cells_agree else SAME_ANYWHERE)
        )
        return 0.7 * text + 0.2 * others + 5.0 * in_place + 5.0 * same_number if text >= least else 0.0


class _Neighbours:
    """Which rows stand at the same distance from a row that both editions have, above or below."""

    def __init__(self, forth: dict[int, int], before: int, after: int) -> None:
        self._back = {current: previous for previous, current in forth.items()}
        self._before = _nearest(set(forth), before)
        self._after = _nearest(set(self._back), after)

    def of(self, current: int) -> list[int]:
        """Positions in the previous edition of the rows in the place of `current`: none, one or two."""
        found = []
        for side, anchor in enumerate(self._after[current]):
            if anchor is not None:
                place = self._back[anchor] + current - anchor
                if 0 <= place < len(self._before) and self._before[place][side] == self._back[anchor]:
                    found.append(place)
        return list(dict.fromkeys(found))


def _nearest(matched: set[int], count: int) -> list[tuple[int | None, int | None]]:
    """For each row the nearest of `matched` above and below it."""

    def last(order: Iterable[int]) -> list[int | None]:
        found: list[int | None] = []
        nearest: int | None = None
        for index in order:
            found.append(nearest)
            nearest = index if index in matched else nearest
        return found

    return list(zip(last(range(count)), reversed(last(reversed(range(count)))), strict=True))


def _key(text: str) -> str:
    return normalise(text).strip(" .;,")


def _words(key: str) -> tuple[str, ...]:
    """The beginnings of the words that carry meaning, in order; numbers are whole."""
    return tuple(word if word.isdecimal() else word[:_STEM] for word in _WORDS.findall(key))


def _chain(section: StoredSection | None, by_iri: dict[NamedNode, StoredSection]) -> list[StoredSection]:
    """The section and those around it, the outermost first."""
    chain: list[StoredSection] = []
    while section is not None and section not in chain:
        chain.insert(0, section)
        section = by_iri.get(section.parent) if section.parent else None
    return chain


def _title_agrees(path: SectionPath, section: StoredSection) -> bool:
    step = path[-1]
    return isinstance(step, tuple) and titles_agree(str(step[1]), section.title)
