from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph import similarity
from graph.similarity import THRESHOLD, Similarity, relate_activities, similar_pairs
from ontology.vocabulary import RDF, RDFS, VEKHA

CURATED = Path(__file__).with_name("similar-activities.tsv")
CODES = {
    "D0": "tomsk-obl-mr",
    "D1": "tomsk-obl-nastav",
    "D2": "tambov-obl-nms",
    "D3": "tomsk-city-model",
    "D4": "khorol-mo-nms",
}

MONITORING = "Обеспечить мониторинг методических разделов сайтов образовательных организаций"
MONITORING_TOO = "Обеспечить мониторинг методических разделов сайтов ОО"
TRAINING = "Проведение курсов повышения квалификации для методистов"
OTHER = "Издание приказа об утверждении перечня стажировочных площадок"
FILLING = (TRAINING, OTHER, "Создание клуба тьюторов", "Конкурс «Лучший наставник»", "Диагностика дефицитов педагогов")


def pairs_of(*texts: str, documents: list[int] | None = None) -> set[tuple[int, int]]:
    found = similar_pairs([*texts, *FILLING], [*documents, *range(10, 15)] if documents else None)
    return {(pair.first, pair.second) for pair in found}


def test_same_words_in_other_forms_are_similar() -> None:
    assert pairs_of("Создание сетевой методической службы", "Создать сетевую методическую службу") == {(0, 1)}


def test_nothing_in_common_is_not_similar() -> None:
    assert pairs_of(MONITORING, "Разработка положения о накопительной системе") == set()


def test_in_one_document_the_first_word_must_be_the_same() -> None:
    steps = ("Разработка мониторинга наставничества школ", "Проведение мониторинга наставничества школ")
    assert pairs_of(*steps, documents=[1, 1]) == set()
    assert pairs_of(*steps, documents=[1, 2]) == {(0, 1)}
    copies = ("Разработка мониторинга наставничества школ", "Разработка мониторинга наставничества в школе")
    assert pairs_of(*copies, documents=[1, 1]) == {(0, 1)}


def test_best_pair_comes_first() -> None:
    found = similar_pairs([MONITORING, MONITORING_TOO, MONITORING, *FILLING])
    assert found[0] == Similarity(0, 2, 1.0)
    assert [pair.score for pair in found] == sorted((pair.score for pair in found), reverse=True)


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["и", "в"], [MONITORING]])
def test_texts_that_say_nothing_have_no_pairs(texts: list[str]) -> None:
    assert similar_pairs(texts) == []


def test_copies_of_one_text_give_pairs_in_proportion_to_their_number() -> None:
    copies = [MONITORING] * 200 + list(FILLING)
    assert len(similar_pairs(copies)) <= 200 * similarity.NEIGHBOURS


TEXTS = some.lists(
    some.lists(some.sampled_from(" ".join([MONITORING, MONITORING_TOO, *FILLING]).split()), min_size=1, max_size=8).map(
        " ".join
    ),
    max_size=14,
)


@given(TEXTS)
def test_index_finds_what_comparing_all_pairs_finds(texts: list[str]) -> None:
    vectors = similarity._vectors(texts)
    expected = {
        (first, second)
        for first, second in combinations(range(len(texts)), 2)
        if round(min(similarity._cosine(vectors[first], vectors[second]), 1.0), 3) >= THRESHOLD
        and set(vectors[first].telling) & set(vectors[second].telling)
    }
    assert {(pair.first, pair.second) for pair in similar_pairs(texts)} == expected


@given(TEXTS)
def test_order_of_texts_does_not_matter(texts: list[str]) -> None:
    last = len(texts) - 1
    turned = {(last - pair.second, last - pair.first) for pair in similar_pairs(texts[::-1])}
    assert turned == {(pair.first, pair.second) for pair in similar_pairs(texts)}


@pytest.fixture(scope="module")
def gold_texts(shared: Path) -> dict[str, tuple[str, str]]:
    """Roadmap and text of each hand-checked activity, by its key."""
    with (shared / "gold" / "seed-rows.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = {}
    for row in rows:
        code, _, number = row["id"].partition("/")
        found[f"{CODES[code]}_{number.replace('.', '_').replace('-', '_')}"] = (code, row["activity"])
    return found


@pytest.fixture(scope="module")
def curated() -> dict[tuple[str, str], str]:
    with CURATED.open(encoding="utf-8") as file:
        return {(row["first"], row["second"]): row["kind"] for row in csv.DictReader(file, delimiter="\t")}


def found_in(texts: dict[str, tuple[str, str]]) -> set[tuple[str, str]]:
    keys = list(texts)
    found = similar_pairs([text for _, text in texts.values()], [code for code, _ in texts.values()])
    return {(keys[pair.first], keys[pair.second]) for pair in found}


@pytest.mark.parametrize(("one_document", "precision", "recall"), [(False, 0.30, 0.42), (True, 0.90, 0.45)])
def test_curated_pairs_are_found_as_often_as_documented(
    gold_texts: dict[str, tuple[str, str]],
    curated: dict[tuple[str, str], str],
    one_document: bool,  # noqa: FBT001  (a parameter of the test)
    precision: float,
    recall: float,
) -> None:
    def kept(pairs: set[tuple[str, str]]) -> set[frozenset[str]]:
        return {frozenset(p) for p in pairs if (gold_texts[p[0]][0] == gold_texts[p[1]][0]) == one_document}

    found, wanted = kept(found_in(gold_texts)), kept(set(curated))
    assert len(found & wanted) / len(found) >= precision
    assert len(found & wanted) / len(wanted) >= recall


def test_exact_copies_are_always_found(
    gold_texts: dict[str, tuple[str, str]], curated: dict[tuple[str, str], str]
) -> None:
    copies = {pair for pair, kind in curated.items() if kind == "identical"}
    assert len(copies) == 3
    assert copies <= found_in(gold_texts)


class Workspace:
    """A store as a rule sees it."""

    def __init__(self, store: Store) -> None:
        self.query = store.query
        self.update = store.update


def test_rule_relates_activities_both_ways_and_leaves_copies_out() -> None:
    store = Store()
    texts = (MONITORING, MONITORING_TOO, MONITORING, *FILLING)
    activities = [NamedNode(f"https://example.org/a{position}") for position in range(len(texts))]
    for position, (activity, text) in enumerate(zip(activities, texts, strict=True)):
        roadmap = NamedNode(f"https://example.org/r{position}")
        store.add(Quad(activity, RDF.type, VEKHA.Activity))
        store.add(Quad(activity, VEKHA.roadmap, roadmap))
        store.add(Quad(activity, RDFS.label, Literal(text, language="ru")))
    store.add(Quad(activities[0], VEKHA.identicalTo, activities[2]))
    store.add(Quad(activities[2], VEKHA.identicalTo, activities[0]))
    found = {(triple.subject, triple.object) for triple in relate_activities(Workspace(store))}  # type: ignore[arg-type]
    near, copies = activities[1], (activities[0], activities[2])
    assert found == {(near, copy) for copy in copies} | {(copy, near) for copy in copies}
