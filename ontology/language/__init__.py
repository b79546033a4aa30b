"""What the programme knows of the Russian language: spelling, dictionary forms, transliteration, abbreviations."""

from ontology.language.lemmas import Reading, is_word, lemma, lemma_key, lemmas, readings
from ontology.language.spelling import collapse, initials, normalise, spelling_key
from ontology.language.transliteration import slug

__all__ = [
    "Reading",
    "collapse",
    "initials",
    "is_word",
    "lemma",
    "lemma_key",
    "lemmas",
    "normalise",
    "readings",
    "slug",
    "spelling_key",
]
