"""How well an entry fits a mention: one figure, and the evidence for and against it in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rapidfuzz import fuzz

from graph.matching.likeness import MADE, alike, made_of, misspelt
from graph.matching.names import surname

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.matching.likeness import AlikeWords, WordWeights
    from graph.matching.names import Name

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
# How much a word of an entry counts that people leave out: after «имени», and of the place.
_LEFT_OUT: Final = 0.35


@dataclass(frozen=True, slots=True)
class Evidence:
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
        self.score -= sum(_WEIGHTS[finding] for finding in self.excused & self.against)


@dataclass(frozen=True, slots=True)
class Sides:
    """
    What stands on the side of the entry: its names taken apart, the words of its places, and where it is.

    `words` are those of all its names, `own` those of its places that are not of its region.
    """

    names: Sequence[Name]
    places: frozenset[str]
    kind: str | None
    words: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


def judge(
    ours: Name,
    sides: Sides,
    *,
    kind: str | None,
    cosine: float,
    weights: WordWeights,
    context: frozenset[str],
    words_alike: AlikeWords,
) -> Judgement:
    """
    How well the entry fits by its names; places are weighed by `graph.matching.matcher`, which knows them.

    `kind` is that of the mention, by its words or by what else is known; `context` are words of the places that are
    known of the mention: an entry may say these without the mention doing so.  `words_alike` compares words for all
    entries of the mention.
    """
    theirs, words = max(
        ((name, _likeness(ours, name, sides.places, context, weights, words_alike)) for name in sides.names),
        key=lambda found: found[1],
    )
    judgement = Judgement(0.3 * cosine + 0.7 * words)
    judgement.evidence.append(Evidence(SAID["words"], {"share": round(100 * words)}, words > 0.6))
    if "".join(ours.words) == "".join(theirs.words) and ours.numbers == theirs.numbers:
        judgement.find("same words")
    _judge_numbers(judgement, ours, sides)
    if kind and sides.kind and kind != sides.kind:
        judgement.find("kind differs")
    levels = frozenset[str]().union(*(name.levels for name in sides.names))
    if ours.levels and levels:
        judgement.find("level equal" if ours.levels & levels else "level differs")
    divisions = {name.division for name in sides.names if name.division}
    if kind == "territory" and ours.division and divisions and not _same_division(ours.division, divisions):
        judgement.find("division differs")
    _judge_patrons(judgement, ours, sides)
    for finding, our, their in (
        ()
        if sides.kind == "territory"
        else (
            ("owner differs", ours.owner, {name.owner for name in sides.names}),
            ("financing differs", ours.financing, {name.financing for name in sides.names}),
        )
    ):
        if our and their - {None} and our not in their:
            judgement.find(finding)
    for short in ours.acronyms:
        if any(_shortens(short, name) for name in sides.names):
            judgement.find("acronym", short=short.upper())
    return judgement


def _same_division(ours: str, theirs: set[str]) -> bool:
    """«Округ» alone may be either kind of district."""
    return (
        ours in theirs
        or (ours == "округ" and "городской округ" in theirs)
        or (ours == "городской округ" and "округ" in theirs)
    )


def _judge_patrons(judgement: Judgement, ours: Name, sides: Sides) -> None:
    our = surname(ours.honoured, places=sides.places)
    theirs = [surname(name.honoured, places=sides.places) for name in sides.names if name.honoured]
    if our and any(theirs):
        same = any(alike(our, one) > 0.7 or misspelt(our, one) for one in theirs if one)
        judgement.find("patron equal" if same else "patron differs")


def _judge_numbers(judgement: Judgement, ours: Name, sides: Sides) -> None:
    theirs = frozenset[int]().union(*(name.numbers for name in sides.names))
    if ours.numbers & theirs:
        judgement.find("number equal", number=min(ours.numbers & theirs))
    elif ours.numbers and theirs:
        judgement.find("number differs", ours=min(ours.numbers), theirs=min(theirs))
    elif ours.numbers or theirs:
        judgement.find("number missing")


def _likeness(  # noqa: PLR0917  (both sides, then what weighs them)
    ours: Name,
    theirs: Name,
    places: frozenset[str],
    context: frozenset[str],
    weights: WordWeights,
    words_alike: AlikeWords,
) -> float:
    """Weighted share of the words of each side that the other side has, the mention's counting double."""
    total = found = 0.0
    made = {one for word in theirs.words for one in words_alike.made(word)}
    for word in ours.words:
        weight = weights[word]
        total += weight
        if word in places or word in theirs.words:
            found += weight
            continue
        likeness = words_alike.of_ours(word, theirs.words, places)
        parts = () if likeness else made_of(word, theirs.words) or made_of(word, places) or ()
        made.update(parts)
        found += weight * (MADE if parts or (word in made and not likeness) else likeness)
    there = found / total if total else 0.0
    total = found = 0.0
    for word in theirs.words:
        weight = weights[word]
        if word in context or word in ours.words:
            found += weight
        else:
            likeness = words_alike.of_theirs(word) or (MADE if word in made or words_alike.made(word) else 0.0)
            if likeness:
                found += weight * likeness
            elif word in places or word in theirs.honoured:
                weight *= _LEFT_OUT
        total += weight
    back = found / total if total else 0.0
    return (2 * there + back) / 3


def _shortens(short: str, name: Name) -> bool:
    """Whether the letters are the first letters of the words of the name, most of them and in order."""
    if short in name.words:
        return True
    initials = "".join(word[0] for word in name.words)
    return len(initials) > 2 and fuzz.ratio(short, initials) >= 85
