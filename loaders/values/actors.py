"""
The actors of a cell: persons by pattern, then separators, then known names; each resolved to what it names.

Order of evidence: glossary of the document, reference data of its territory, countrywide abbreviations, misprints of
known names; what none of them knows becomes a provisional actor (design of the ontology, 4.4 and 4.10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from loaders.extraction import Actor
from loaders.values.actor_context import ActorContext, document_spellings
from loaders.values.actor_kinds import ActorKind, kind_of, kind_of_entity, names_one_post
from loaders.values.actor_phrases import head_noun
from loaders.values.actor_segments import Segment, find_segments
from loaders.values.persons import PersonName, find_persons
from ontology.language import collapse, lemma_key, normalise, slug, spelling_key
from ontology.language.abbreviations import countrywide, is_abbreviation
from ontology.reference import ActorEntity, Body, Hub, Match

__all__ = ["ActorContext", "document_spellings", "split_actors"]

_AGREEMENT: Final = re.compile(r"по\s+согласовани\w+|рекоменд\w+", re.IGNORECASE)
_REMARK: Final = re.compile(
    r"\s*[,–—-]?\s*(?:\((?:по\s+согласовани\w+|рекоменд\w+)[^()]*\)|по\s+согласовани\w+)\s*", re.IGNORECASE
)
_DEFINITION: Final = re.compile(r"\s*\((?:далее\s*[-–—:]?\s*)?(?P<short>[^()]{1,60})\)\s*$", re.IGNORECASE)
_AND_OTHERS: Final = re.compile(r"\s*(?:,|и)?\s*(?:и\s+)?(?:др(?:\.|угие)|т\.\s?[дп]\.)\s*$", re.IGNORECASE)
_POST_SEPARATOR: Final = re.compile(r"\s*(?P<sign>[,(–—-]?)\s*")
_NOBODY: Final = re.compile(r"\W*(?:нет|отсутству\w+|не (?:указан|определен|назначен|требуется)\w*)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    kind: ActorKind
    label: str
    iri: str
    confidence: float
    justification: str


def split_actors(raw: str, *, context: ActorContext) -> list[Actor]:
    """
    The actors of the cell `raw` in its order; empty if it names none.

    `Actor.raw` is `raw[start:end]`; spans never overlap.
    Labels are canonical for bodies, «Фамилия И.О.» for persons, as printed for posts and groups; a modifier shared by
    two nouns stands in the label of both («руководители и педагоги ОО»).
    `role` is the column's, unless the cell says «по согласованию» or names co-executors.
    Never raises, whatever the text.
    """
    found: list[Actor] = []
    if _NOBODY.fullmatch(raw):
        return found
    for item in _parts(raw, context):
        if isinstance(item, _Named):
            found.append(_person(raw, item, context))
        else:
            found.append(_actor(raw, item, context))
    return found


# --- persons and what stands round them


@dataclass(frozen=True, slots=True)
class _Named:
    """A person with the post printed beside the name."""

    start: int
    end: int
    name: PersonName
    role: Literal["responsible", "co-executor"] | None = None


def _parts(raw: str, context: ActorContext) -> list[_Named | Segment]:
    names = find_persons(raw)
    edges = [0, *(edge for name in names for edge in (name.start, name.end)), len(raw)]
    gaps = [
        [
            Segment(start + item.start, start + item.end, item.shared, item.role)
            for item in find_segments(raw[start:end], context.names)
        ]
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    if not names:
        return list(gaps[0])
    before_names = bool(gaps[0]) and _is_post_before(raw, gaps[0][-1], names[0])
    result: list[_Named | Segment] = []
    leading: Segment | None = None
    for number, name in enumerate(names):
        if number == 0 and before_names:
            leading = gaps[0].pop()
        if number == 0:
            result.extend(gaps[0])
        start, end = name.start, name.end
        titled = leading is not None
        if leading is not None:
            start, leading = leading.start, None
        gap = gaps[number + 1]
        following = names[number + 1] if number + 1 < len(names) else None
        if gap and following is not None and _is_post_before(raw, gap[-1], following):
            # One post between two persons goes with the order that the cell began with.
            alone = len(gap) == 1 and _is_post_after(raw, name, gap[0])
            if not alone or before_names:
                leading = gap.pop()
        if gap and not titled and _is_post_after(raw, name, gap[0]):
            end = _closing_bracket(raw, gap.pop(0).end, end)
        result.append(_Named(start, end, name))
        result.extend(gap)
    return result


def _closing_bracket(raw: str, end: int, start: int) -> int:
    if raw.count("(", start, end) > raw.count(")", start, end) and raw[end : end + 1] == ")":
        return end + 1
    return end


def _is_post_before(raw: str, segment: Segment, name: PersonName) -> bool:
    """Whether `segment` is a post printed right before the name: «директор Иванов И.И.», «учителя Иванова И.И.»."""
    between = raw[segment.end : name.start]
    text = raw[segment.start : segment.end]
    noun = head_noun(text)
    if noun is None or noun.kind not in {"post", "person"} or re.search(r"[,;(]", between):
        return False
    if ":" in between:
        # «Методисты ИМЦ: Иванова И.И., Петров П.П.» says once what all of them are.
        return noun.nominative
    # On a line of its own only one post goes with the name below it; «Учителя» there is a group.
    return "\n" not in between or names_one_post(text)


def _is_post_after(raw: str, name: PersonName, segment: Segment) -> bool:
    """Whether `segment` is the post of the person before it: «Иванов И.И., директор», «Иванов И.И. – ЗДУВР»."""
    between = _POST_SEPARATOR.fullmatch(raw, name.end, segment.start)
    text = raw[segment.start : segment.end]
    if between is None:
        return False
    sign = between["sign"]
    if text.startswith("(") and text.endswith(")"):
        sign, text = "(", text[1:-1].strip()
    first = re.match(r"\w+", text)
    short = countrywide().get(first.group() if first else "")
    if short is not None and short.kind == "post":
        return sign != ""
    if sign in {"", ","} and not text[0].islower():
        return False
    if sign in {"–", "—", "-"} and (noun := head_noun(text)) is not None and noun.kind in {"post", "person"}:
        return True
    return names_one_post(text)


def _person(raw: str, item: _Named, context: ActorContext) -> Actor:
    label = item.name.label
    role = "co-executor" if item.role == "co-executor" else context.column
    return Actor(
        raw=raw[item.start : item.end],
        kind="person",
        label=label,
        role=role,
        confidence=0.95 if item.name.whole else 0.8,
        iri=context.iris.person(context.roadmap, normalise(label)).value,
        start=item.start,
        end=item.end,
        justification="person pattern" if item.name.whole else "person pattern, initials broken",
    )


# --- other actors


def _actor(raw: str, segment: Segment, context: ActorContext) -> Actor:
    text = raw[segment.start : segment.end]
    remark = _AGREEMENT.search(text)
    role: str = segment.role if segment.role == "co-executor" else context.column
    if remark is not None:
        role = "by-agreement"
    name = collapse(_REMARK.sub(" ", text)) or collapse(text)
    name = re.sub(r"(?<=[^\W\d_])-\s(?=[^\W\d_])", "-", name)
    name = collapse(_AND_OTHERS.sub("", name)) or name
    label, short = name, None
    definition = _DEFINITION.search(name)
    if definition is not None and definition.start() > 0 and _defines(definition):
        label, short = collapse(name[: definition.start()]), collapse(definition["short"])
    if segment.shared:
        label = f"{label} {collapse(segment.shared)}"
    found = _resolve(label, short, context)
    return Actor(
        raw=text,
        kind=found.kind,
        label=found.label,
        role=role,
        confidence=found.confidence,
        iri=found.iri,
        start=segment.start,
        end=segment.end,
        justification=found.justification,
    )


def _defines(definition: re.Match[str]) -> bool:
    """Whether brackets give a short name («(МОУО)», «(далее – Министерство)») and not a remark."""
    words = definition["short"].split()
    return "далее" in definition.group().lower() or all(is_abbreviation(word) for word in words)


def _resolve(label: str, short: str | None, context: ActorContext) -> _Found:
    long = context.glossary_by_key.get(spelling_key(label))
    if long is not None:
        return _from_glossary(label, long, context)
    match = _find(label, context) or (_find(short, context) if short and is_abbreviation(short) else None)
    if match is not None:
        return _from_reference(label, match, context)
    kind = kind_of(label, context)
    general = countrywide().get(label)
    if general is not None and general.kind in {"group", "body", "post"}:
        return _Found(kind, label, _provisional(label, context), 0.75, "countrywide abbreviation")
    near = _near(label, context)
    if near is not None:
        return near
    confidence = (
        0.7 if kind != "body" or head_noun(label) is not None or is_abbreviation(label.partition(" ")[0]) else 0.5
    )
    return _Found(kind, label, _provisional(label, context), confidence, "not in the reference data")


def _find(name: str, context: ActorContext) -> Match | None:
    found = context.reference.find_actor(name, context.territory)
    if found is None and "«" in name and not name.startswith("«"):
        # «МАУ «ИМЦ»» and «МАУ ИМЦ» are one spelling key already; the name alone may be the known one.
        inner = re.search(r"«([^«»]+)»", name)
        if inner is not None and is_abbreviation(inner.group(1)):
            found = context.reference.find_actor(inner.group(1), context.territory)
    return found


def _from_glossary(label: str, long: str, context: ActorContext) -> _Found:
    by_long = context.reference.find_actor(long, context.territory)
    match = by_long or context.reference.find_actor(label, context.territory)
    if match is not None and by_long is None and not _alike(long, match.entity):
        match = None
    if match is None:
        kind = kind_of(long, context)
        return _Found(kind, long, _provisional(long, context), 0.85, "glossary of the document")
    kind = kind_of_entity(match.entity, long)
    return _Found(kind, long, _iri(match.entity, context), 1.0, "glossary of the document")


def _alike(long: str, entity: ActorEntity) -> bool:
    """Whether the expansion that a document gives can be the entity that the reference data knows by the short name."""
    words = lemma_key(long).split()
    return any(
        words[0] in named and len(set(words) & named) * 2 >= len(set(words))
        for name, _ in entity.names()
        if (named := set(lemma_key(name).split())) and words
    )


def _from_reference(label: str, match: Match, context: ActorContext) -> _Found:
    confidence, why = {
        "label": (1.0, "full name"),
        "spelling": (0.98, "spelling known in the territory"),
        "typo": (0.9, "known misprint"),
        "other case": (0.95, "full name in another grammatical case"),
    }[match.how]
    kind = kind_of_entity(match.entity, label)
    canonical = match.entity.label_ru if isinstance(match.entity, Body | Hub) else label
    return _Found(kind, canonical, _iri(match.entity, context), confidence, why)


def _near(label: str, context: ActorContext) -> _Found | None:
    """An abbreviation whose letters are those of a known one, two neighbours exchanged: a misprint to be reviewed."""
    words = label.split()
    letters = "".join(words).upper()
    if len(letters) < 5 or not all(is_abbreviation(word) for word in words):
        return None
    for key, match in context.reference.visible_spellings(context.territory).items():
        known = key.replace(" ", "").upper()
        if isinstance(match.entity, Body) and _exchanged(letters, known):
            found = _from_reference(label, match, context)
            return _Found(found.kind, found.label, found.iri, 0.6, f"one exchange of letters from «{key.upper()}»")
    return None


def _exchanged(one: str, other: str) -> bool:
    if len(one) != len(other) or one == other:
        return False
    differ = [index for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and one[differ[0]] == other[differ[1]]
        and one[differ[1]] == other[differ[0]]
    )


def _iri(entity: ActorEntity, context: ActorContext) -> str:
    return context.iris.thing(entity.iri_kind, entity.key).value


def _provisional(label: str, context: ActorContext) -> str:
    return context.iris.provisional(context.territory, slug(label)[:80].strip("-") or "unnamed").value
