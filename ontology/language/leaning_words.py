"""Short words that cannot end a name: they lean on the word after them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

LeaningKind = Literal["link", "dotted", "place"]


@cache
def leaning_words(kind: LeaningKind) -> frozenset[str]:
    """
    The words of one kind, in normal spelling without their full stop.

    `link`: prepositions and conjunctions; `dotted`: words cut short («зам.», «г.»); `place`: kinds of settlements.
    """
    text = (files("ontology") / "lexicon" / "leaning-words.tsv").read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in text.splitlines()[1:]]
    return frozenset(word for word, of_kind in pairs if of_kind == kind)
