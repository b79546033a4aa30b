"""Words compared once for all entries of a mention: the share is that of comparing each with each."""

from __future__ import annotations

import pytest

from graph.matching.judging import Sides
from graph.matching.likeness import MADE, WordWeights, alike, made_of
from graph.matching.names import Name, read_name
from graph.matching.shared_words import SharedWords

NAMES = [
    "МБОУ СОШ № 5 г. Томска",
    "Красноярская средняя школа имени Героя Советского Союза И. С. Черных",
    "Детский сад «Солнышко» с. Красный Яр",
    "Управление образования администрации Верхнетоемского района",
    "Дом детского творчества",
    "Комитет образования Прудковского района",
    "Школа с. Верхняя Тойма",
]
MENTIONS = [
    "сош красный яр",
    "Красноярская школа",
    "Отдел образования Прудки",
    "Верхняя Тойма, средняя школа",
    "Верхнетоемская шкала",
    "дом творчества детей",
    "",
]
PLACES = frozenset({"село", "красный", "яр", "томский", "область", "верхний", "тойма"})


def _each_with_each(ours: Name, theirs: Name, context: frozenset[str], weights: WordWeights) -> float:
    total = found = 0.0
    made = {one for word in theirs.words for one in made_of(word, ours.words) or ()}
    for word in ours.words:
        total += weights[word]
        likeness = max(alike(word, other) for other in (*theirs.words, *PLACES))
        parts = () if likeness else made_of(word, theirs.words) or made_of(word, PLACES) or ()
        made.update(parts)
        found += weights[word] * (likeness or (MADE if parts or word in made else 0.0))
    there = found / total if total else 0.0
    total = found = 0.0
    for word in theirs.words:
        likeness = max((alike(word, other) for other in (*ours.words, *context)), default=0.0)
        likeness = likeness or (MADE if word in made or made_of(word, ours.words) else 0.0)
        found += weights[word] * likeness
        left_out = not likeness and (word in PLACES or word in theirs.honoured)
        total += weights[word] * (0.35 if left_out else 1.0)
    return (2 * there + (found / total if total else 0.0)) / 3


@pytest.mark.parametrize("context", [frozenset[str](), frozenset({"томский", "прудки"})])
@pytest.mark.parametrize("text", MENTIONS)
def test_the_share_is_that_of_comparing_each_word_with_each(text: str, context: frozenset[str]) -> None:
    ours, names = read_name(text), [read_name(name) for name in NAMES]
    weights = WordWeights([name.words for name in names])
    shared = SharedWords(ours, context, weights)
    shared.meet([Sides.of(names, places=PLACES, own=frozenset(), kind=None)])
    at_places = shared.at_places(PLACES)
    for name in names:
        assert shared.with_name(name, PLACES, at_places) == pytest.approx(_each_with_each(ours, name, context, weights))


def test_what_was_met_later_counts_as_what_was_met_first() -> None:
    ours, first, second = read_name("Красноярская школа"), read_name(NAMES[0]), read_name(NAMES[1])
    weights = WordWeights([first.words, second.words])
    shared = SharedWords(ours, frozenset(), weights)
    for name in (first, second):
        shared.meet([Sides.of([name], places=frozenset(), own=frozenset(), kind=None)])
    assert shared.with_name(second, frozenset(), shared.at_places(frozenset())) > 0.4
    assert shared.of_one_stem("красноярский", {"красноярский"})
    assert not shared.of_one_stem("красноярский", {"школа"})
