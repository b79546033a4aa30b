"""The page of an activity: who, what, when, with which result; where it is written and what is like it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from api.language import alphabetical
from api.links import with_query
from api.pages import written_day
from api.things.drawings import Span, draw_spans
from api.things.entries import entry_view
from api.things.frame import slug, things
from ontology.language import lemmas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from api.knowledge import Record
    from api.things.frame import Thing

_SIMILAR = "similar-entries"


def activity(thing: Thing) -> Response:
    """The page; 404 for an activity that no current document has."""
    entry = entry_view(thing.knowledge, thing.iri, thing.language.code)
    if entry is None:
        raise HTTPException(404)
    record, text = entry.record, thing.language.text
    spans = _spans(thing)
    return thing.render(
        "activity.html",
        entry=entry,
        record=record,
        title=record["text"] or record["number"] or thing.label,
        document_path=thing.href(record["roadmap"]),
        selected=None,
        lit_signs=None,
        version_asked=None,
        spans=draw_spans(
            spans,
            (_day(record["periodStart"]) or spans[0].start, _day(record["periodEnd"]) or spans[-1].start),
            title=text("When it happens"),
            description="; ".join(span.label for span in spans),
            today=thing.site.installation.clock.today(),
        )
        if spans
        else None,
        themes=_themes(entry.facts.themes, thing.records("theme-reasons")),
        similar=_similar(thing, str(record["text"] or "")),
        parts=thing.records("parts-of-activity"),
        timeline=with_query("/timeline", roadmap=slug(str(record["roadmap"]))),
        compare=lambda other: _compared(record["roadmap"], other),
    )


def likeness(first: str, second: str) -> float:
    """The share of words that two texts have in common, in dictionary forms: 1 for the same words, 0 for none."""
    one, other = set(lemmas(first)), set(lemmas(second))
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _compared(*roadmaps: object) -> str:
    """The address of two documents side by side."""
    return "/compare?" + urlencode([("roadmap", slug(str(one))) for one in roadmaps])


def _spans(thing: Thing) -> list[Span]:
    code = thing.language.code
    found = []
    for record in thing.records("entry-spans"):
        start, end = _day(record["start"]), _day(record["end"])
        if start is None and end is None:
            continue
        days = [written_day(day, code) for day in (record["start"], record["end"]) if day]
        label = " – ".join(dict.fromkeys(days)) if end else thing.language.text("from {day}", day=days[0])
        found.append(Span(start or end or date.min, end, f"{record['raw'] or record['kindLabel']}: {label}"))
    return _joined(found)


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order; the many days of one recurring deadline stand in one row of the drawing."""
    by_words: dict[str, list[Span]] = {}
    for span in spans:
        by_words.setdefault(span.label.split(":", maxsplit=1)[0], []).append(span)
    return [
        Span(span.start, span.end, span.label if len(members) == 1 else f"{words} ({len(members)})")
        for words, members in by_words.items()
        for span in members
    ]


def _themes(assigned: Sequence[Record], stated: Sequence[Record]) -> list[dict[str, Any]]:
    """Each theme once, with the bases it was read from and the narrower themes that it follows from."""
    themes: dict[str, dict[str, Any]] = {}
    for record in [*assigned, *stated]:
        theme = str(record["theme"])
        found = themes.setdefault(
            theme, {"theme": theme, "label": record["themeLabel"] or theme, "bases": "", "narrower": {}}
        )
        found["bases"] = record.get("bases") or found["bases"]
        if record.get("narrower"):
            found["narrower"][record["narrower"]] = record["narrowerLabel"]
    return sorted(themes.values(), key=lambda one: alphabetical(one["label"]))


def _similar(thing: Thing, text: str) -> list[Record]:
    """Identical activities first, then by the share of common words; each once."""
    found: dict[str, Record] = {}
    for record in thing.records(_SIMILAR):
        if str(record["entry"]) not in found:
            found[str(record["entry"])] = record | {"likeness": likeness(text, str(record["text"]))}
    return sorted(found.values(), key=lambda one: (not one["identical"], -float(one["likeness"] or 0)))


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


ROUTES = things("activities", activity, table=_SIMILAR)
