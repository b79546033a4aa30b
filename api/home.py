"""The first page: what is loaded, which territories and levels it covers, what needs attention, what to ask."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api.access.rights import allow
from api.language import alphabetical
from api.lists.facts import lists_of
from api.parameters import takes
from api.problems import ProblemError
from api.quality import findings_of
from api.quality_rules import RULES
from api.representations import page_route
from api.site import site_of
from ontology.iris import HOME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from api.language import Language
    from api.lists.facts import ListedFacts

# Asked in words on the first page, one of each group.
FIRST_QUESTIONS: Final = (
    "who-is-responsible",
    "due-in-month",
    "target-series",
    "shared-responsibility",
    "ends-before-targets",
    "similar-activities",
)
LEVELS: Final = ("federal", "interregional", "region", "hub", "municipality", "school")
SOON: Final = timedelta(days=90)
_SHOWN_REGIONS: Final = 20
_SHOWN_DEADLINES: Final = 8
_SHOWN_DOCUMENTS: Final = 12


@dataclass(frozen=True, slots=True)
class CoveredRegion:
    """A region with the number of its documents at each of LEVELS, and the address of those documents."""

    name: str
    iri: str
    cells: tuple[tuple[int, str], ...]
    documents: int


@dataclass(frozen=True, slots=True)
class Deadline:
    day: str
    activity: str
    label: str
    who: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Deadlines known to the day or month, as of a day: how many passed, how many come in ninety days, the nearest."""

    day: date
    passed: int
    last: str | None
    soon: int
    nearest: tuple[Deadline, ...]
    years: tuple[tuple[str, int], ...]


def home(request: Request) -> Response:
    allow(request, "read")
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    cache = lists_of(request)
    facts, labels = cache.facts(knowledge), cache.labels(knowledge, language.code)
    doubtful = {finding.thing for finding in findings_of(request).of(knowledge) if finding.rule.id not in RULES}
    regions = coverage(facts, labels)
    provisional = sum(facts.type_of(actor) == f"{HOME}ns#ProvisionalActor" for actor in facts.actors)
    return site.pages.render(
        request,
        "home.html",
        figures={
            "documents": len(facts.roadmaps),
            "activities": len(facts.activities),
            "actors": len(facts.actors),
            "indicators": len(facts.indicators),
            "doubtful": len(doubtful),
        },
        levels=[labels.get(f"{HOME}scheme/level/{level}", level) for level in LEVELS],
        regions=regions[:_SHOWN_REGIONS],
        more_regions=max(0, len(regions) - _SHOWN_REGIONS),
        deadlines=deadlines(facts, labels, _day(request, language)),
        provisional=provisional,
        questions=[knowledge.catalogue[name] for name in FIRST_QUESTIONS],
        documents=_documents(facts, labels),
        more_documents=max(0, len(facts.roadmaps) - _SHOWN_DOCUMENTS),
        version=knowledge.version,
    )


def coverage(facts: ListedFacts, labels: Mapping[str, str]) -> list[CoveredRegion]:
    """The regions that have documents, those of their municipalities and schools included; most documents first."""
    documents: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    territories: dict[str, set[str]] = defaultdict(set)
    for roadmap, traits in facts.roadmaps.items():
        for territory in traits.get("territory", ()):
            region = _region(facts, territory)
            territories[region].add(territory.rsplit("/", 1)[-1])
            for level in traits.get("level", ()):
                documents[region][level.rsplit("/", 1)[-1]].add(roadmap)
    found = []
    for region, levels in documents.items():
        cells = []
        for level in LEVELS:
            pairs = [("level", level), *(("territory", one) for one in sorted(territories[region]))]
            cells.append((len(levels.get(level, ())), f"/roadmaps?{urlencode(pairs)}"))
        count = len(set().union(*levels.values()))
        found.append(CoveredRegion(labels.get(region, region), region, tuple(cells), count))
    return sorted(found, key=lambda one: (-one.documents, alphabetical(one.name)))


def deadlines(facts: ListedFacts, labels: Mapping[str, str], day: date) -> Deadlines:
    """The deadlines of the current documents as of a day; a day that falls due counts until it is over."""
    due = sorted((end, activity) for activity, traits in facts.activities.items() for end in traits.get("due", ()))
    days = [end for end, _ in due]
    passed, until = bisect_left(days, day.isoformat()), bisect_right(days, (day + SOON).isoformat())
    nearest = tuple(
        Deadline(
            end,
            activity,
            labels.get(activity, activity.rsplit("/", 1)[-1]),
            "; ".join(labels.get(actor, "") for actor in facts.actors_of.get(activity, ())[:2]),
        )
        for end, activity in due[passed : min(until, passed + _SHOWN_DEADLINES)]
    )
    years = sorted(Counter(end[:4] for end in days).items())
    return Deadlines(day, passed, days[passed - 1] if passed else None, until - passed, nearest, tuple(years))


def _day(request: Request, language: Language) -> date:
    text = request.query_params.get("date", "").strip()
    if not text:
        return site_of(request).installation.clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError(
            400, language.text("«{value}» is no date such as 2021-05-14.", value=text[:40]), parameter="date"
        ) from None


def _region(facts: ListedFacts, territory: str) -> str:
    """The territory itself or the one above it that stands directly under the country."""
    above = facts.above.get(territory, {}).get("within", ())
    regions = [one for one in above if len(facts.above.get(one, {}).get("within", ())) == 1]
    return regions[0] if len(above) > 1 and regions else territory


def _documents(facts: ListedFacts, labels: Mapping[str, str]) -> list[dict[str, str | int | None]]:
    activities = Counter(roadmap for values in facts.activity_values.values() for roadmap in values["roadmap"])
    rows = []
    for roadmap, traits in facts.roadmaps.items():
        start, end = (next(iter(traits.get(name, ())), "")[:4] for name in ("start", "end"))
        rows.append(
            {
                "roadmap": roadmap,
                "title": labels.get(roadmap, roadmap.rsplit("/", 1)[-1]),
                "level": "; ".join(labels.get(one, "") for one in traits.get("level", ())),
                "territory": "; ".join(labels.get(one, "") for one in traits.get("territory", ())),
                "period": f"{start}–{end}" if start else None,
                "activities": activities[roadmap],
            }
        )
    rows.sort(key=lambda row: (alphabetical(row["territory"]), alphabetical(row["title"])))
    return rows[:_SHOWN_DOCUMENTS]


ROUTES = [page_route("/", home, takes("date"))]
