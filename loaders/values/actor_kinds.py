"""Whether a name is that of one body, one post, or of many."""

from __future__ import annotations

import re
from typing import Final, Literal

from loaders.values.actor_context import ActorContext
from loaders.values.actor_phrases import head_noun
from ontology.language import readings, spelling_key
from ontology.language.abbreviations import countrywide, is_abbreviation
from ontology.language.actor_nouns import actor_noun
from ontology.reference import ActorEntity, Group, Post

ActorKind = Literal["body", "person", "role", "group"]

_ACTING: Final = re.compile(r"\s*(?:и\.?\s?о\.|врио\b|вр\.?\s?и\.?\s?о\.)", re.IGNORECASE)
_ALL_OF: Final = re.compile(r"(?:все|всех|каждая|каждое)\s+", re.IGNORECASE)
_PEOPLE_OF_A_SCHOOL: Final = re.compile(
    r"школ|образовательн|\bОО\b|\bОУ\b|\bДОУ\b|гимнази|лице[йя]|СОШ|ООШ|сад[аы]?\b|ОУ\b"
)


def names_one_post(text: str) -> bool:
    noun = head_noun(text)
    return noun is not None and noun.kind in {"post", "person"} and noun.nominative and kind_of_post(text) == "role"


def kind_of_entity(entity: ActorEntity, label: str) -> ActorKind:
    """A group named in the singular («Руководитель ОО») is a role in the text, though it resolves to all of them."""
    match entity:
        case Group():
            return "role" if kind_of_post(label) == "role" else "group"
        case Post():
            return "role"
        case _:
            return "body"


def kind_of_post(label: str) -> ActorKind | None:
    """Role or group if a post or person heads the label, else None; «зав. кафедрами» is a group by its complement."""
    noun = head_noun(label)
    if noun is None or noun.kind not in {"post", "person"}:
        return None
    if _ACTING.match(label):
        return "role"
    if noun.plural is not None:
        return "group" if noun.plural else "role"
    complement = re.findall(r"[^\W\d_]{4,}", label)
    return "group" if any(_is_plural(word) for word in complement[:1]) else "role"


def _is_plural(word: str) -> bool:
    """Whether what is governed («зав. кафедрами», «зам. директоров») stands in the plural."""
    governed = [item for item in readings(word) if item.case in {"gent", "ablt"}]
    return bool(governed) and all(item.number == "plur" for item in governed)


def kind_of(label: str, context: ActorContext) -> ActorKind:
    post = kind_of_post(label)
    if post is not None:
        return post
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", _ALL_OF.sub("", label))
    if not words:
        return "body"
    first = words[0]
    long = context.glossary_by_key.get(spelling_key(first))
    if long is not None and long != label:
        return kind_of(long, context)
    general = countrywide().get(first)
    if general is not None:
        if first.startswith("Д") and words[1:] and set(words[1:]) <= context.subject_initials:
            # «ДОО ТО» is the department of a region: pre-schools answer to municipalities and are named with theirs.
            return "body"
        if re.match(rf"{first}\s*[«\"]", label):
            # «ООО «Маяк»» is one company, «ООО» the schools.
            return "body"
        if general.kind == "group" and all(_territorial(word, context) for word in words[1:]):
            return "group"
        if general.kind == "post":
            return "role"
        if general.kind == "legal-form":
            return "group" if _lists_numbers(label) or _plural_organisation(words[1:2]) else "body"
        if general.kind == "modifier" and len(words) == 1:
            # «вузы, СПО»: the schools of that education.
            return "group"
        return "group" if general.kind == "group" else "body"
    noun = head_noun(label)
    if noun is not None:
        if noun.kind == "collective" or noun.plural or _lists_numbers(label):
            return "group"
        if noun.lemma == "администрация" and (len(words) == 1 or _PEOPLE_OF_A_SCHOOL.search(label)):
            return "group"
        return "body"
    return _kind_of_unknown(first)


def _territorial(word: str, context: ActorContext) -> bool:
    return word in context.territory_initials or not is_abbreviation(word)


def _lists_numbers(label: str) -> bool:
    return re.search(r"№+\s*\d+\s*(?:,|и|-)\s*(?:№\s*)?\d", label) is not None


def _plural_organisation(words: list[str]) -> bool:
    noun = actor_noun(words[0]) if words else None
    return noun is not None and noun.kind == "organisation" and noun.nominative and bool(noun.plural)


def _kind_of_unknown(word: str) -> ActorKind:
    """People by their form («волонтеры», «логист»), else a body, as most names are that no table knows."""
    first = readings(word)[0]
    if word[0].islower() and first.part == "NOUN" and first.animate:
        return "group" if first.number == "plur" else "role"
    return "body"
