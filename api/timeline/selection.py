"""What an address of the timeline selects: activities of documents, actors, themes, days, or of a question's answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from api.access.rights import allow
from api.editor.asking import QUERY_PARAMETERS, answer_in, query_address
from api.lists.facets import NOT
from api.lists.narrowing import Narrowing
from api.lists.selection import ACTIVITY_FACETS
from api.parameters import is_added
from api.problems import ProblemError
from api.questions.answer_views import AnswerShape
from api.questions.answering import answered
from api.questions.explanations import explain
from api.site import running_of, site_of
from api.timeline.gantt import GanttGroup
from api.timeline.scales import EARLIEST, LATEST, SCALES, Scale
from api.timeline.schedules import schedule_of
from graph.errors import TermError
from graph.terms import iri as checked_iri
from queries.binding import ParameterError
from queries.catalogue import UnknownQuestionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from api.knowledge import Knowledge
    from api.language import Language
    from api.timeline.schedules import Planned, Schedule

GROUPS: Final = ("roadmap", "section", "body", "theme", "none")
# The filters, each with the prefixes under which an id of it may stand.
THINGS: Final = {
    "roadmap": ("roadmap",),
    "body": ("body", "group", "post", "person", "provisional"),
    "theme": ("theme",),
    "activity": ("activity",),
}
# Facets of the list pages that the form of the timeline has no field for.
_LISTED: Final = frozenset({"level", "territory", "year", "actor", "deadline", "mark"})
DISPLAY: Final = frozenset({"lang", "view", "page", "rows", "group", "scale", "from", "to", "day", "answer"})


@dataclass(frozen=True, slots=True)
class Selected:
    """What an address selects: the activities, and how they are to be shown."""

    schedule: Schedule
    activities: tuple[Planned, ...]
    undated: int
    group: str
    start: date | None
    end: date | None
    day: date
    scale: Scale | None
    chosen: Mapping[str, str]
    answer: str | None
    answer_title: str | None
    answer_address: str | None
    chips: tuple[tuple[str, str], ...]


def select(request: Request, knowledge: Knowledge, language: Language) -> Selected:
    """
    The activities that the address selects, in the order of their documents.

    With `answer=` they are those of a question's answer, and the parameters that are not the timeline's are its own;
    with `query=` or `q=`, those of a query's answer.

    Raises:
        ProblemError: 400 for a value that does not fit, 404 for what the data do not know.
    """
    asked = request.query_params
    schedule = schedule_of(request, knowledge, language.code)
    start, end = _day(request, "from", language), _day(request, "to", language)
    chosen: dict[str, str] = {}
    answer, title, address = asked.get("answer"), None, None
    chips: list[tuple[str, str]] = []
    if answer:
        title, activities = _answer(request, knowledge, schedule, answer, language)
        address = f"/questions/{answer}"
    elif (found := answer_in(request, allow(request, "read"), language)) is not None:
        activities = [activity for activity in schedule.activities if activity.iri in found.things]
        title, address = language.text("Answer to a query"), query_address(request)
    else:
        for name in THINGS:
            # Several values, and values to leave out, are those of the list pages, which `Narrowing` reads.
            if asked.get(name) and len(asked.getlist(name)) == 1 and not asked[name].startswith(NOT):
                chosen[name] = _thing(knowledge, schedule, name, asked[name], language)
        activities = [activity for activity in schedule.activities if _fits(activity, chosen)]
        narrowing = Narrowing.of(request, knowledge, language)
        if narrowing.asked.values:
            fitting = frozenset(narrowing.activities())
            activities = [activity for activity in activities if activity.iri in fitting]
            chips = narrowing.chips_of(_LISTED)
    dated = [activity for activity in activities if activity.is_dated]
    undated = len(activities) - len(dated)
    if start or end:
        activities = [activity for activity in dated if activity.meets(start, end)]
    group = asked.get("group", "")
    scale = asked.get("scale", "")
    return Selected(
        schedule=schedule,
        activities=tuple(activities),
        undated=undated,
        group=group if group in GROUPS else "section" if "roadmap" in chosen else "roadmap",
        start=start,
        end=end,
        day=_day(request, "day", language) or site_of(request).installation.clock.today(),
        scale=next((known for known in SCALES if known == scale), None),
        chosen=chosen,
        answer=answer,
        answer_title=title,
        answer_address=address,
        chips=tuple(chips),
    )


def parameters_of_timeline(request: Request) -> list[str] | None:
    """The parameters that the address may have; None where those of a question are among them, which knows its own."""
    asked = request.query_params
    if asked.get("answer") or any(asked.get(name) for name in QUERY_PARAMETERS):
        return None
    return list(dict.fromkeys((*THINGS, *ACTIVITY_FACETS, *sorted(DISPLAY), *QUERY_PARAMETERS)))


def grouped(selected: Selected, href: Callable[[object], str | None], language: Language) -> list[GanttGroup]:
    """The activities by what they are grouped by; one with several bodies or themes stands under each."""
    if selected.group == "none":
        return [GanttGroup(None, None, len(selected.activities), selected.activities)]
    schedule, members = selected.schedule, defaultdict[str, list["Planned"]](list)
    titles: dict[str, str] = {}
    for activity in selected.activities:
        for key, title in _keys(activity, selected, language):
            members[key].append(activity)
            titles.setdefault(key, title)
    keys = list(members)
    if selected.group in {"body", "theme"}:
        keys.sort(key=lambda key: (not key, collated(titles[key])))
    if selected.group == "roadmap":
        keys.sort(key=lambda key: collated(schedule.name(key)))
    return [GanttGroup(titles[key], href(key) if key else None, len(members[key]), tuple(members[key])) for key in keys]


def _answer(
    request: Request, knowledge: Knowledge, schedule: Schedule, name: str, language: Language
) -> tuple[str, list[Planned]]:
    """The title of a question and the activities of its answer."""
    try:
        question = knowledge.catalogue[name]
    except UnknownQuestionError as error:
        raise ProblemError(404, language.text("There is no question «{name}»", name=name)) from error
    values = {key: value for key, value in request.query_params.items() if key not in DISPLAY and not is_added(key)}
    try:
        with running_of(request).track(name, allow(request, "read"), kind="question") as query:
            found = answered(request, knowledge, question, values, language.code, query=query)
    except ParameterError as error:
        raise ProblemError(400, explain(error, question, language), parameter=error.parameter) from None
    shape = AnswerShape.of(found, site_of(request).installation.iris)
    return question.title.in_language(language.code), schedule.only(shape.activities)


def _fits(activity: Planned, chosen: Mapping[str, str]) -> bool:
    return (
        chosen.get("roadmap", activity.roadmap) == activity.roadmap
        and chosen.get("activity", activity.iri) == activity.iri
        and ("body" not in chosen or chosen["body"] in activity.actors)
        and ("theme" not in chosen or chosen["theme"] in activity.themes)
    )


def _thing(knowledge: Knowledge, schedule: Schedule, name: str, text: str, language: Language) -> str:
    """The IRI that a value names, by id, prefixed name or IRI."""
    namespaces = knowledge.catalogue.prefixes.namespaces
    known: set[str] = set()
    for activity in schedule.activities:
        match name:
            case "roadmap":
                known.add(activity.roadmap)
            case "activity":
                known.add(activity.iri)
            case "body":
                known |= activity.actors
            case _:
                known |= activity.themes
    prefix, colon, local = text.partition(":")
    candidates = [text, *(namespaces[folder] + text for folder in THINGS[name] if folder in namespaces)]
    if colon and prefix in namespaces:
        candidates.append(namespaces[prefix] + local)
    found = next((iri for iri in candidates if iri in known), None)
    # What no activity names may still be a thing of the data: then nothing is due.
    found = found or next((iri for iri in candidates if _is_thing(knowledge, iri)), None)
    if found is None:
        raise ProblemError(
            404,
            language.text("Parameter «{parameter}»: the data know no «{value}»", parameter=name, value=text[:80]),
            parameter=name,
        )
    return found


def _day(request: Request, name: str, language: Language) -> date | None:
    text = request.query_params.get(name, "").strip()
    if not text:
        return None
    if len(text) == 4 and text.isascii() and text.isdigit():
        text += "-12-31" if name == "to" else "-01-01"
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not EARLIEST <= found <= LATEST:
        raise ProblemError(
            400,
            language.text(
                "Parameter «{parameter}»: «{value}» does not fit; expected is {accepted}",
                parameter=name,
                value=text[:80],
                accepted=language.text("a date such as 2021-05-14"),
            ),
            parameter=name,
        )
    return found


def _keys(activity: Planned, selected: Selected, language: Language) -> list[tuple[str, str]]:
    schedule = selected.schedule
    match selected.group:
        case "roadmap":
            return [(activity.roadmap, schedule.name(activity.roadmap))]
        case "section":
            title = activity.section_title or language.text("without a section")
            if "roadmap" not in selected.chosen:
                title = f"{schedule.name(activity.roadmap)} · {title}"
            return [(activity.section or activity.roadmap, title)]
        case "body":
            found, missing = activity.actors, language.text("no actor is named")
        case _:
            found, missing = activity.themes, language.text("without a theme")
    return [(iri, schedule.name(iri)) for iri in sorted(found)] or [("", missing)]


def collated(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _is_thing(knowledge: Knowledge, text: str) -> bool:
    try:
        return bool(knowledge.records("known", "ru", thing=checked_iri(text)))
    except TermError:
        return False
