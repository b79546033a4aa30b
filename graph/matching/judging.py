"""How well an entry fits a mention: one figure, and the evidence for and against it in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from math import fsum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from rapidfuzz import fuzz

from graph.matching.likeness import alike, misspelt
from graph.matching.names import surname

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.matching.names import Name
    from graph.matching.shared_words import SharedWords

# What each finding adds to or takes from the likeness of the words, from the mentions of `bench.linking`.
_WEIGHTS: Final[Mapping[str, float]] = {
    "number equal": 0.10,
    "number differs": -0.40,
    "number missing": -0.12,
    "kind differs": -0.30,
    "level equal": 0.03,
    "level differs": -0.15,
    "settlement equal": 0.08,
    "settlement differs": -0.15,
    "municipality equal": 0.08,
    "municipality differs": -0.20,
    "region equal": 0.04,
    "region differs": -0.45,
    "region of the place": -0.15,
    "region named": -0.10,
    "region told": -0.10,
    "division differs": -0.20,
    "patron equal": 0.06,
    "patron differs": -0.12,
    "owner differs": -0.08,
    "financing differs": -0.04,
    "same words": 0.10,
    "acronym": 0.12,
    "words unexplained": -0.02,
    "words unsaid": -0.02,
    "of people": -0.02,
    "place of another kind": -0.06,
    "not in force": -0.05,
}


One = TypeVar("One", int, str)


class Evidence(NamedTuple):
    """
    One finding: a template with its values, and whether it speaks `for_it`.

    Translators have the templates of `SAID`.
    """

    template: str
    values: Mapping[str, Any]
    for_it: bool


SAID: Final[Mapping[str, str]] = {
    "words": "the words agree to {share} %",
    "same words": "the same words",
    "number equal": "the number {number} is the same",
    "number differs": "the number is {theirs}, not {ours}",
    "number missing": "a number stands on one side only",
    "kind differs": "another kind of body",
    "level equal": "the same kind of school",
    "level differs": "another kind of school",
    "settlement equal": "the settlement {place} is the same",
    "settlement differs": "another settlement: {theirs}, not {ours}",
    "municipality equal": "the municipality is the same",
    "municipality differs": "another municipality",
    "region equal": "the region is the same",
    "region differs": "another region",
    "region of the place": "another region",
    "region named": "the name speaks of another region",
    "region told": "the region that the name tells, not that of the document",
    "division differs": "a territory of another kind",
    "place of another kind": "a territory of another kind",
    "patron equal": "the same name after «имени»",
    "patron differs": "another name after «имени»",
    "owner differs": "another owner by the legal form",
    "financing differs": "another legal form",
    "acronym": "the abbreviation {short} fits",
    "not in force": "the entry was not in force then",
    "words unexplained": "nothing of the entry answers to «{words}»",
    "words unsaid": "the entry is called by further words",
    "of people": "the name is of people, not of the body",
    "several fit": "other entries fit every word as well",
}


@dataclass(slots=True)
class Judgement:
    """
    `score` lies between 0 and 1.

    `against` holds the names of findings that forbid to accept unseen, `excused` those of them that forbid it only
    where some entry fits without any (`graph.matching.excuses`); `exact` says that all words stand in the entry so.
    """

    score: float = 0.0
    evidence: list[Evidence] = field(default_factory=list)
    against: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    excused: set[str] = field(default_factory=set)
    exact: bool = False

    def find(self, finding: str, **values: object) -> None:
        weight = _WEIGHTS[finding]
        self.found.add(finding)
        self.score += weight
        self.evidence.append(Evidence(SAID[finding], values, weight > 0))
        if weight < 0:
            self.against.add(finding)

    def excuse(self) -> None:
        """Take back what the findings that are excused took from the score."""
        # Sets have no order, and a plain sum depends on it in the last digit.
        self.score -= fsum(_WEIGHTS[finding] for finding in self.excused & self.against)


@dataclass(frozen=True, slots=True)
class Sides:
    """
    What stands on the side of the entry: its names taken apart, the words of its places, and where it is.

    `words` are those of all its names, `own` those of its places that are not of its region; the rest is what any of
    its names says, `honoured` the words after «имени» of each that has some; `distinct` are the names of other words.
    """

    names: Sequence[Name]
    places: frozenset[str]
    kind: str | None
    words: frozenset[str]
    own: frozenset[str]
    numbers: frozenset[int]
    levels: frozenset[str]
    divisions: frozenset[str]
    owners: frozenset[str]
    financing: frozenset[str]
    honoured: tuple[tuple[str, ...], ...]
    distinct: Sequence[Name]

    @classmethod
    def of(cls, names: Sequence[Name], *, places: frozenset[str], own: frozenset[str], kind: str | None) -> Sides:
        """With what the names say taken together."""
        distinct: dict[tuple[tuple[str, ...], ...], Name] = {}
        for name in names:
            distinct.setdefault((name.words, name.honoured), name)
        return cls(
            names,
            places,
            kind,
            words=frozenset(word for name in names for word in name.words),
            own=own,
            numbers=_all_of([name.numbers for name in names]),
            levels=_all_of([name.levels for name in names]),
            divisions=_said(tuple([name.division for name in names])),
            owners=_said(tuple([name.owner for name in names])),
            financing=_said(tuple([name.financing for name in names])),
            honoured=tuple([name.honoured for name in names if name.honoured]),
            distinct=names if len(distinct) == len(names) else tuple(distinct.values()),
        )


def _all_of(sets: Sequence[frozenset[One]]) -> frozenset[One]:
    """All together; the same object if one of them has all, as a rule, since there are as many as entries."""
    largest = max(sets, key=len)
    return largest if all(one <= largest for one in sets) else largest.union(*sets)


@lru_cache(maxsize=1024)
def _said(values: tuple[str | None, ...]) -> frozenset[str]:
    return frozenset(filter(None, values))


def judge(
    ours: Name, sides: Sides, *, kind: str | None, cosine: float, shared: SharedWords, written_together: str
) -> Judgement:
    """
    How well the entry fits by its names; places are weighed by `graph.matching.matcher`, which knows them.

    `kind` is that of the mention, by its words or by what else is known; `shared` has met the entry; the words of the
    mention are `written_together`.
    """
    at_places = shared.at_places(sides.places)
    theirs, words = sides.names[0], -1.0
    for name in sides.distinct:
        found = shared.with_name(name, sides.places, at_places)
        if found > words:
            theirs, words = name, found
    judgement = Judgement(0.3 * cosine + 0.7 * words)
    judgement.evidence.append(Evidence(SAID["words"], {"share": round(100 * words)}, words > 0.6))
    if ours.numbers == theirs.numbers and written_together == "".join(theirs.words):
        judgement.find("same words")
    _judge_numbers(judgement, ours, sides)
    if kind and sides.kind and kind != sides.kind:
        judgement.find("kind differs")
    if ours.levels and sides.levels:
        judgement.find("level differs" if ours.levels.isdisjoint(sides.levels) else "level equal")
    if kind == "territory" and ours.division and sides.divisions and not _same_division(ours.division, sides.divisions):
        judgement.find("division differs")
    if ours.honoured and sides.honoured:
        _judge_patrons(judgement, ours, sides)
    if sides.kind != "territory":
        if ours.owner and sides.owners and ours.owner not in sides.owners:
            judgement.find("owner differs")
        if ours.financing and sides.financing and ours.financing not in sides.financing:
            judgement.find("financing differs")
    for short in ours.acronyms:
        if any(_shortens(short, name) for name in sides.names):
            judgement.find("acronym", short=short.upper())
    return judgement


def _same_division(ours: str, theirs: frozenset[str]) -> bool:
    """«Округ» alone may be either kind of district."""
    return (
        ours in theirs
        or (ours == "округ" and "городской округ" in theirs)
        or (ours == "городской округ" and "округ" in theirs)
    )


def _judge_patrons(judgement: Judgement, ours: Name, sides: Sides) -> None:
    our = surname(ours.honoured, places=sides.places)
    theirs = [surname(words, places=sides.places) for words in sides.honoured]
    if our and any(theirs):
        same = any(alike(our, one) > 0.7 or misspelt(our, one) for one in theirs if one)
        judgement.find("patron equal" if same else "patron differs")


def _judge_numbers(judgement: Judgement, ours: Name, sides: Sides) -> None:
    if both := ours.numbers & sides.numbers:
        judgement.find("number equal", number=min(both))
    elif ours.numbers and sides.numbers:
        judgement.find("number differs", ours=min(ours.numbers), theirs=min(sides.numbers))
    elif ours.numbers or sides.numbers:
        judgement.find("number missing")


def _shortens(short: str, name: Name) -> bool:
    """Whether the letters are the first letters of the words of the name, most of them and in order."""
    if short in name.words:
        return True
    initials = "".join(word[0] for word in name.words)
    return len(initials) > 2 and fuzz.ratio(short, initials) >= 85
