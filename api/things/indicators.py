"""The page of an indicator: its targets by year, what it measures, and comparable indicators elsewhere."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from api.pages import written
from api.parameters import takes
from api.pictures import picture_addresses, picture_file, picture_routes
from api.things.frame import thing_of, things
from api.things.target_chart import Point, Series, draw_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup
    from starlette.requests import Request
    from starlette.responses import Response

    from api.knowledge import Record
    from api.language import Language
    from api.things.frame import Thing

_TARGETS: Final = "indicator-targets"


def indicator(thing: Thing) -> Response:
    """The page; `others=1` in its address adds comparable indicators of other documents to the chart."""
    found = thing.records("indicator")
    if not found:
        raise HTTPException(404)
    record, targets = found[0], thing.records(_TARGETS)
    others = _others(thing)
    chart = _chart(thing, record, targets, others)
    return thing.render(
        "indicator.html",
        title=thing.label,
        record=record,
        programmes=sorted({(str(one["programme"]), str(one["programmeLabel"])) for one in found if one["programme"]}),
        units=sorted({str(one["unitLabel"]) for one in targets if one["unitLabel"]}),
        direction=direction(targets),
        targets=targets,
        conflicts=conflicts(targets),
        entries=thing.records("indicator-entries"),
        chart=chart,
        pictures=picture_addresses(thing.request) if chart else (),
        others=others,
        with_others=_with_others(thing),
    )


def indicator_picture(request: Request) -> Response:
    """The chart of the page as a file."""
    thing = thing_of(request, "indicators", _TARGETS)
    found = thing.records("indicator")
    chart = _chart(thing, found[0], thing.records(_TARGETS), _others(thing)) if found else None
    if chart is None:
        raise HTTPException(404)
    name = str(request.path_params["slug"])
    return picture_file(request, chart, title=thing.label, name=name, version=thing.knowledge.version)


def _with_others(thing: Thing) -> bool:
    return thing.request.query_params.get("others") == "1"


def _others(thing: Thing) -> list[list[Record]]:
    """The targets of each comparable indicator, if they are asked for."""
    records = thing.records("comparable-targets") if _with_others(thing) else ()
    return [list(rows) for _, rows in groupby(records, key=lambda record: record["indicator"])]


def _chart(
    thing: Thing, record: Record, targets: Sequence[Record], others: Sequence[Sequence[Record]]
) -> Markup | None:
    text = thing.language.text
    own = Series(
        str(record["territoryLabel"] or record["document"]),
        tuple(
            Point(int(one["year"]), float(one["value"]), _words(one, thing.language), thing.href(one["cell"]))
            for one in targets
            if one["year"] is not None and one["value"] is not None
        ),
        float(record["tolerance"]) if record["tolerance"] else None,
    )
    return draw_targets(
        [own, *(_series(thing, rows) for rows in others)],
        title=text("Targets by year"),
        description=text("Points are targets, joined in the order of years; the table below has the same numbers."),
        number=lambda value: written(value, thing.language),
    )


def direction(targets: Iterable[Record]) -> str:
    """Which way an indicator shall go: `up`, `down`, `level`, or "" where neither words nor years tell."""
    listed = list(targets)
    comparators = {str(one["comparator"]).rsplit("/", 1)[-1] for one in listed}
    if "increase" in comparators or "decrease" in comparators:
        return "up" if "increase" in comparators else "down"
    dated = sorted(
        (int(one["year"]), float(one["value"]))
        for one in listed
        if one["year"] is not None and one["value"] is not None
    )
    if len(dated) < 2 or dated[0][0] == dated[-1][0]:
        return ""
    first, last = dated[0][1], dated[-1][1]
    return "up" if last > first else "down" if last < first else "level"


def conflicts(targets: Iterable[Record]) -> list[tuple[int, list[Record]]]:
    """Years for which one kind of value is stated twice and differently, with the targets that disagree."""
    by_key: defaultdict[tuple[int, object, object, object], list[Record]] = defaultdict(list)
    for one in targets:
        if one["year"] is not None and one["value"] is not None:
            by_key[int(one["year"]), one["status"], one["unit"], one["period"]].append(one)
    return sorted(
        (
            (key[0], found)
            for key, found in by_key.items()
            if len({(one["value"], one["comparator"]) for one in found}) > 1
        ),
        key=lambda pair: pair[0],
    )


def _series(thing: Thing, rows: Sequence[Record]) -> Series:
    place = rows[0]["territoryLabel"] or rows[0]["document"]
    return Series(
        f"{place}: {rows[0]['label']}",
        tuple(
            Point(
                int(one["year"] or 0),
                float(one["value"] or 0),
                f"{place}, {one['year']}: {written(one['value'], thing.language)}",
                thing.href(one["cell"]),
            )
            for one in rows
        ),
        href=thing.href(rows[0]["indicator"]),
    )


def _words(target: Record, language: Language) -> str:
    comparator = "" if str(target["comparator"]).endswith("/exactly") else f"{target['comparatorLabel'] or ''} "
    unit = "" if str(target["unit"]).endswith("/count") else f" {target['sign'] or target['unitLabel'] or ''}"
    return f"{target['year']}: {comparator}{written(target['value'], language)}{unit}"


ROUTES = [
    *picture_routes("/indicators/{slug}", indicator_picture, takes("others")),
    *things("indicators", indicator, table=_TARGETS, taken=takes("others")),
]
