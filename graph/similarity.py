"""
Which activities say nearly the same.

The measure is the cosine of TF-IDF vectors over the first five letters of lemmas: «создать» and «создание» meet, and
«мониторинг» in every second row counts little.  It was chosen by `bench/similarity.py` against the curated list of
Q45 (`tests/graph/similar-activities.tsv`) from word overlap, edit distance, words and character n-grams.
The list joins activities by what they are for, often without a common word, so no measure of spelling reaches all
of it; the thresholds are those with the best F1.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import Literal, NamedNode, QuerySolutions, Triple

from graph.rules import LateRule, names_in
from ontology.language import lemmas
from ontology.vocabulary import VEKHA

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from graph.rules import Workspace

STEM_LETTERS: Final = 5
# Between documents: precision 0.31 at recall 0.43 of the 65 curated pairs.
THRESHOLD: Final = 0.26
# In one document neighbouring rows are steps of one piece of work («разработка …», «проведение …») and share most
# words, so they must also begin with the same action: precision 0.91 at recall 0.45 of the 22 curated pairs.
THRESHOLD_IN_ONE_DOCUMENT: Final = 0.62
NEIGHBOURS: Final = 20
# Two texts are compared only if they share a telling stem; that leaves out 5 % of the pairs that reach the threshold
# and two thirds of the work, which is what makes 10,000 activities possible.
UNTELLING: Final = 0.25
# Comparing so many activities takes about a second; a store with more does not at each commit.
COMPARED_AT_ONCE: Final = 600
# So many take half a minute of a processor, and the cost grows with the square of their number.
COMPARED_LATE: Final = 10_000

_STOP_WORDS: Final = frozenset(
    "а без в для до же за и из или их его ее как к на не о об от по при с со то у через".split(),  # noqa: SIM905
)


class Similarity(NamedTuple):
    """Two texts by their positions, `first` < `second`; `score` is in (0, 1]."""

    first: int
    second: int
    score: float


@dataclass(frozen=True, slots=True)
class _Vector:
    """A unit vector; `telling` are its rarest stems, `action` the first stem of the text."""

    weights: dict[str, float]
    telling: tuple[str, ...]
    action: str | None


def similar_pairs(texts: Sequence[str], documents: Sequence[Hashable] | None = None) -> list[Similarity]:
    """
    Pairs of texts that reach the threshold, the most similar first.

    `documents` says of each text where it stands, all in different ones if it is not given.
    A pair is kept if it is among the best 20 of one of its texts, so the result grows with the number of texts only.
    """
    places: Sequence[Hashable] = range(len(texts)) if documents is None else documents
    vectors = _vectors(texts)
    index: defaultdict[str, list[int]] = defaultdict(list)
    best: list[list[Similarity]] = [[] for _ in texts]
    for second, vector in enumerate(vectors):
        for first in sorted({first for stem in vector.telling for first in index[stem]}):
            pair = Similarity(first, second, round(min(_cosine(vectors[first], vector), 1.0), 3))
            if places[first] != places[second]:
                reached = pair.score >= THRESHOLD
            else:
                reached = pair.score >= THRESHOLD_IN_ONE_DOCUMENT and vectors[first].action == vector.action
            if reached:
                _keep(best[first], pair)
                _keep(best[second], pair)
        for stem in vector.telling:
            index[stem].append(second)
    kept = {pair for pairs in best for pair in sorted(pairs, key=_rank)[:NEIGHBOURS]}
    return sorted(kept, key=_rank)


class ActivitySimilarity(LateRule):
    """
    A rule for the store, to run after `graph.inference.infer`: `vekha:similarTo` of current activities, both ways.

    Activities that are `vekha:identicalTo` each other are not also similar.  Each new text changes what all others
    weigh, so nothing less than all of them can be compared anew.
    """

    predicate = VEKHA.similarTo
    counted = VEKHA.Activity
    most = COMPARED_AT_ONCE
    most_late = COMPARED_LATE
    place = "graph.similarity:relate_activities"

    def reads(self) -> frozenset[NamedNode]:
        return names_in(_texts()) | {self.predicate}

    def __call__(self, workspace: Workspace, /) -> Iterator[Triple]:
        answer = workspace.query(_texts())
        assert isinstance(answer, QuerySolutions)
        documents: dict[NamedNode, str] = {}
        texts: dict[NamedNode, str] = {}
        copies: set[tuple[NamedNode, NamedNode]] = set()
        for activity, roadmap, text, copy in answer:
            assert isinstance(activity, NamedNode)
            documents[activity], texts[activity] = _value(roadmap), _value(text)
            if isinstance(copy, NamedNode):
                copies.add((activity, copy))
        activities = list(texts)
        for pair in similar_pairs(list(texts.values()), list(documents.values())):
            first, second = activities[pair.first], activities[pair.second]
            if (first, second) not in copies:
                yield Triple(first, VEKHA.similarTo, second)
                yield Triple(second, VEKHA.similarTo, first)


relate_activities: Final = ActivitySimilarity()


def _texts() -> str:
    return files("graph").joinpath("activity-texts.rq").read_text("utf-8")


def _value(term: object) -> str:
    return term.value if isinstance(term, Literal | NamedNode) else ""


def _rank(pair: Similarity) -> tuple[float, Similarity]:
    return -pair.score, pair


def _keep(pairs: list[Similarity], pair: Similarity) -> None:
    """`pairs` holds the best `NEIGHBOURS`, and for a while some more."""
    pairs.append(pair)
    if len(pairs) > 2 * NEIGHBOURS:
        pairs.sort(key=_rank)
        del pairs[NEIGHBOURS:]


def _vectors(texts: Sequence[str]) -> list[_Vector]:
    stems = [
        [lemma[:STEM_LETTERS] for lemma in lemmas(text) if len(lemma) > 1 and lemma not in _STOP_WORDS]
        for text in texts
    ]
    frequency = Counter(stem for document in stems for stem in set(document))
    return [_vector(document, frequency, len(texts)) for document in stems]


def _vector(stems: list[str], frequency: Counter[str], texts: int) -> _Vector:
    raw = {
        stem: (1 + math.log(count)) * math.log((texts + 1) / (frequency[stem] + 0.5))
        for stem, count in Counter(stems).items()
    }
    length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
    order = sorted(raw, key=lambda stem: (frequency[stem], stem))
    weights = {stem: raw[stem] / length for stem in order}
    # The most frequent stems that make up a quarter of the squared length tell nothing alone.
    rest, cut = 0.0, len(order)
    while cut and rest + weights[order[cut - 1]] ** 2 < UNTELLING:
        cut -= 1
        rest += weights[order[cut]] ** 2
    return _Vector(weights, tuple(order[:cut]), stems[0] if stems else None)


def _cosine(one: _Vector, other: _Vector) -> float:
    if len(one.weights) > len(other.weights):
        one, other = other, one
    theirs = other.weights
    return sum(weight * theirs[stem] for stem, weight in one.weights.items() if stem in theirs)
