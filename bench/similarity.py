"""
How well measures of similarity find the curated pairs of Q45, and what 10,000 activities cost.

    python -m bench.similarity

Precision is a lower bound: the list is not complete.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from rapidfuzz import fuzz

from graph.similarity import similar_pairs
from loaders.extract import extract
from loaders.quads import build_quads
from ontology.iris import Iris
from ontology.language import lemmas
from ontology.reference import load_reference
from ontology.vocabulary import RDF, RDFS, VEKHA

ROOT = Path(__file__).parent.parent
CURATED = ROOT / "tests" / "graph" / "similar-activities.tsv"

Pair = tuple[str, str]


def curated_pairs() -> set[Pair]:
    with CURATED.open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {_pair(row["first"], row["second"]) for row in rows}


def example_activities() -> dict[str, tuple[str, str]]:
    """Roadmap and text of each activity of the examples, by its key."""
    reference, iris = load_reference(), Iris()
    found: dict[str, tuple[str, str]] = {}
    for path in sorted((ROOT / "examples").glob("*.txt")):
        quads = build_quads(extract(path, reference=reference), iris=iris, reference=reference)
        activities = {q.subject for q in quads.document if q.predicate == RDF.type and q.object == VEKHA.Activity}
        for quad in quads.document:
            if quad.predicate == RDFS.label and quad.subject in activities:
                key = str(quad.subject).rstrip(">").rpartition("/")[2]
                found[key] = (quads.roadmap.value, getattr(quad.object, "value", ""))
    return found


def scored_by(score: Callable[[str, str], float], activities: dict[str, tuple[str, str]]) -> dict[Pair, float]:
    texts = {key: " ".join(lemmas(text)) for key, (_, text) in activities.items()}
    return {_pair(a, b): score(texts[a], texts[b]) for a, b in combinations(activities, 2)}


def best(scores: dict[Pair, float], wanted: set[Pair]) -> tuple[float, float, float, float]:
    """Threshold, precision, recall and F1 where F1 is highest."""
    hits, result = 0, (1.0, 0.0, 0.0, 0.0)
    for count, (pair, score) in enumerate(sorted(scores.items(), key=lambda item: -item[1]), 1):
        hits += pair in wanted
        precision, recall = hits / count, hits / len(wanted)
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        if f1 > result[3]:
            result = (score, precision, recall, f1)
    return result


def synthetic_texts(texts: list[str], count: int) -> list[str]:
    """Texts of the length and the words of the examples, every second word drawn anew: a hard case for an index."""
    chance = random.Random(1)
    words = [word for text in texts for word in text.split()]
    return [
        " ".join(chance.choice(words) if chance.random() < 0.5 else word for word in chance.choice(texts).split())
        for _ in range(count)
    ]


def main() -> None:
    activities, wanted = example_activities(), curated_pairs()
    keys = list(activities)
    apart = {pair for pair in wanted if activities[pair[0]][0] != activities[pair[1]][0]}
    found = similar_pairs([text for _, text in activities.values()], [roadmap for roadmap, _ in activities.values()])
    pairs = {_pair(keys[pair.first], keys[pair.second]) for pair in found}
    print(f"{len(keys)} activities, {len(wanted)} curated pairs, {len(pairs)} found")
    for name, those in (("between documents", apart), ("in one document", wanted - apart)):
        mine = {p for p in pairs if (activities[p[0]][0] != activities[p[1]][0]) == (name == "between documents")}
        hits = len(mine & those)
        print(f"  {name:18} precision {hits / len(mine):.2f}  recall {hits / len(those):.2f}")
    print("other measures, between documents, at their best F1:")
    for label, score in (("token set", fuzz.token_set_ratio), ("token sort", fuzz.token_sort_ratio)):
        scores = {
            pair: value
            for pair, value in scored_by(score, activities).items()
            if activities[pair[0]][0] != activities[pair[1]][0]
        }
        threshold, precision, recall, f1 = best(scores, apart)
        print(f"  {label:18} precision {precision:.2f}  recall {recall:.2f}  F1 {f1:.2f}  at {threshold:.0f}")
    texts = [text for _, text in activities.values()]
    for count in (1_000, 10_000):
        sample = synthetic_texts(texts, count)
        started = time.process_time()
        number = len(similar_pairs(sample, [position // 30 for position in range(count)]))
        print(f"{count:6} synthetic activities: {number} pairs, {time.process_time() - started:.1f} s CPU")


def _pair(first: str, second: str) -> Pair:
    return (first, second) if first < second else (second, first)


if __name__ == "__main__":
    main()
