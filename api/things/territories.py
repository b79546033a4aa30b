"""The page of a territory: what lies within it, its documents and bodies, and what they do by theme."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from api.language import alphabetical
from api.links import with_query
from api.registers.entries import editions_of, entries_of
from api.things.frame import slug, things
from ontology.vocabulary import SKOS, VEKHA

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.knowledge import Record
    from api.things.frame import Thing

_ROADMAPS: Final = "territory-roadmaps"
_SHOWN: Final = 60


def territory(thing: Thing) -> Response:
    """The page; documents, bodies and themes are those of the territory and of all that lies within it."""
    by_property: defaultdict[str, list[Record]] = defaultdict(list)
    for record in thing.records("territory"):
        by_property[str(record["property"])].append(record)
    roadmaps = thing.records(_ROADMAPS)
    parts, actors = thing.records("territory-parts"), thing.records("territory-actors")
    name = slug(thing.iri.value)
    entries = entries_of(thing.knowledge, thing.iri)
    return thing.render(
        "territory.html",
        title=thing.label,
        registry=entries,
        editions=editions_of(thing.knowledge, entries),
        codes=[str(record["value"]) for record in by_property[VEKHA.oktmo.value]],
        names=sorted({str(record["value"]) for record in by_property[SKOS.altLabel.value]}, key=alphabetical),
        within=by_property[VEKHA.within.value],
        parts=parts[:_SHOWN],
        part_count=len(parts),
        roadmaps=roadmaps[:_SHOWN],
        roadmap_count=len(roadmaps),
        # The list of activities knows the territory of a document, not what lies within.
        is_whole=all(record["territory"] == thing.iri.value for record in roadmaps),
        actors=actors[:_SHOWN],
        actor_count=len(actors),
        themes=thing.records("territory-themes"),
        list_of=lambda theme: with_query("/activities", territory=name, theme=slug(str(theme))),
        # Networks know the territories of documents.
        network=with_query("/networks", projection="bodies-by-activity", territory=name)
        if any(record["territory"] == thing.iri.value for record in roadmaps)
        else None,
    )


ROUTES = things("territories", territory, table=_ROADMAPS)
