"""The page of a theme: what it is, where it is worked on, on which words and sections that rests."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.language import alphabetical
from api.links import with_query
from api.lists.facts import lists_of
from api.things.frame import slug, things
from ontology.vocabulary import SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from api.knowledge import Record
    from api.things.frame import Thing

_DOCUMENTS: Final = "theme-documents"
_FIRST_INDICATORS: Final = 12


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """How many activities a territory has on a level; `address` lists them, `shade` runs from 0 to 4."""

    count: int
    address: str
    shade: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of territories over columns of levels; an empty place is None."""

    levels: list[tuple[str, str]]
    rows: list[tuple[str | None, str, list[MatrixCell | None]]]


def theme(thing: Thing) -> Response:
    """The page; its counts lead to the lists that they count."""
    by_property: defaultdict[str, list[Record]] = defaultdict(list)
    for record in thing.records("theme"):
        by_property[str(record["property"])].append(record)
    documents, indicators = thing.records(_DOCUMENTS), _indicators(thing)
    name = slug(thing.iri.value)
    labels = lists_of(thing.request).labels(thing.knowledge, thing.language.code)
    return thing.render(
        "theme.html",
        title=thing.label,
        definitions=[
            str(record["value"])
            for name_of in (SKOS.definition, SKOS.scopeNote)
            for record in by_property[name_of.value]
        ],
        words=sorted({str(record["value"]) for record in by_property[SKOS.altLabel.value]}, key=alphabetical),
        broader=by_property[SKOS.broader.value],
        narrower=by_property["narrower"],
        total=sum(int(record["activities"] or 0) for record in documents),
        documents=documents,
        matrix=matrix(documents, name, labels),
        actors=thing.records("theme-actors"),
        indicators=indicators[:_FIRST_INDICATORS],
        indicator_count=len(indicators),
        bases=thing.records("theme-bases"),
        activities=with_query("/activities", theme=name),
        all_indicators=with_query("/indicators", theme=name),
        list_of=lambda **more: with_query("/activities", theme=name, **more),
        slug=slug,
        timeline=with_query("/timeline", theme=name),
        network=with_query("/networks", projection="bodies-by-activity", theme=name),
        questions=thing.questions("theme"),
    )


def _indicators(thing: Thing) -> list[Record]:
    """The indicators of entries of the theme in the order of their documents' names, with the number of targets."""
    lists = lists_of(thing.request)
    facts, labels = lists.facts(thing.knowledge), lists.labels(thing.knowledge, thing.language.code)
    found = [(str(one["indicator"]), str(one["roadmap"])) for one in thing.records("theme-indicators")]
    found.sort(key=lambda pair: (alphabetical(labels.get(pair[1], "")), pair[1], pair[0]))
    return [
        {
            "indicator": indicator,
            "label": labels.get(indicator),
            "targets": len(facts.indicators.get(indicator, {}).get("target", ())),
        }
        for indicator, _roadmap in found
    ]


def matrix(documents: Iterable[Record], theme_slug: str, labels: Mapping[str, str]) -> Matrix:
    """The activities of documents by their territory, called as in `labels`, and level."""
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    territories: dict[str, tuple[str | None, str]] = {}
    levels: dict[str, str] = {}
    for record in documents:
        place, level = str(record["territory"] or ""), str(record["level"] or "")
        territories[place] = (place or None, labels.get(place) or str(record["territoryLabel"] or ""))
        levels[level] = str(record["levelLabel"] or "")
        counts[place, level] += int(record["activities"] or 0)
    most = max(counts.values(), default=1)
    columns = sorted(levels.items(), key=lambda pair: alphabetical(pair[1]))

    def cell(place: str, level: str) -> MatrixCell | None:
        count = counts.get((place, level), 0)
        chosen = {"theme": theme_slug, "territory": slug(place) or None, "level": slug(level) or None}
        address = with_query("/activities", chosen)
        return MatrixCell(count, address, 1 + count * 3 // most) if count else None

    return Matrix(
        columns,
        [
            (iri, label, [cell(place, level) for level, _ in columns])
            for place, (iri, label) in sorted(territories.items(), key=lambda item: alphabetical(item[1][1]))
        ],
    )


ROUTES = things("themes", theme, table=_DOCUMENTS)
