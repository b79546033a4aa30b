"""
Pages where editors correct what was read from a roadmap: the form, what would change, the list with undo.

| address | what |
|---|---|
| `/roadmaps/<slug>/correct?cell=<anchor>&value=<field>` | the form; its fields are the address, so a link can fill it |
| the same with `step=effect` | what the correction would change; POST makes it |
| `/roadmaps/<slug>/corrections` | the corrections of a roadmap; POST undoes one |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from api.access.audit import Author
from api.access.rights import allow
from api.commands.review_report import concept_labels
from api.corrections.form import Wanted, correction_form
from api.corrections.making import CorrectionRequest, change_here, outcome_words
from api.forms import form_of_editor, led_to_sign_in
from api.importing.loading import Loader, StaleDataError, reading_limits
from api.links import with_query
from api.parameters import takes
from api.problems import ProblemError
from api.representations import Sheet, data_addresses, page_routes
from api.site import site_of
from api.things.versions import anchor_of
from api.writing import writer_of
from graph.errors import GraphError
from loaders.correction_effect import effect_of
from loaders.correction_record import CorrectionRecord, new_correction
from loaders.corrections import Correction
from loaders.loaded_versions import loaded_versions
from loaders.messages import DocumentError
from loaders.reading_process import ReadingPool
from ontology.iris import HOME
from ontology.reference import load_reference

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from api.corrections.form import CorrectionForm
    from api.knowledge import Knowledge
    from api.language import Language
    from graph.search import SearchIndex
    from loaders.correction_effect import Effect
    from loaders.correction_record import RecordedCorrection
    from loaders.quads.catalogue import LoadedVersion

_ANCHOR: Final = re.compile(r"t[0-9]{1,6}_r[0-9]{1,6}(_c[0-9]{1,6})?")
_LONGEST_FORM: Final = 64 * 1024
_COLUMNS: Final = ("name", "cell", "field", "value", "instead", "reason", "author", "made", "outcome", "undone", "by")


def form_page(request: Request) -> Response:
    """The form of an editor; others are led to sign in."""
    led = led_to_sign_in(request)
    if led is not None:
        return led
    allow(request, "load", graphs=None)
    return _page(request, dict(request.query_params))


async def make(request: Request) -> Response:
    """The list of corrections, with the new one; the form with words where it cannot be made."""
    async with form_of_editor(request, limit=_LONGEST_FORM) as (identity, form):
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_make, request, Author.of(identity), fields)


def _make(request: Request, author: Author, fields: dict[str, str]) -> Response:
    loader, language = writer_of(request), site_of(request).pages.language(request)
    slug, wanted = request.path_params["slug"], _wanted(fields)
    form = _form(request, site_of(request).installation.newest(), slug, wanted)
    asked = CorrectionRequest(
        author=author.name,
        document=slug,
        field=wanted.field,
        operation=wanted.operation,
        value=wanted.chosen,
        instead=wanted.instead,
        cell=str(form.cell["address"]) if form.cell else None,
        reason=wanted.reason or None,
    )
    try:
        made = change_here(loader, asked, author=author, expected=_number(fields.get("version")))
    except DocumentError as error:
        said = language.text(error.message.template, **error.message.values)
        return _page(request, fields, problem=said, status=400)
    except StaleDataError:
        said = language.text("The data have changed since; look at what would change again.")
        return _page(request, {**fields, "step": "effect"}, problem=said, status=409)
    return RedirectResponse(with_query(f"/roadmaps/{slug}/corrections", made=made["key"]), status_code=303)


def _page(request: Request, fields: dict[str, str], *, problem: str | None = None, status: int = 200) -> Response:
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    slug, wanted = request.path_params["slug"], _wanted(fields)
    form = _form(request, knowledge, slug, wanted)
    effect = None
    if wanted.is_asked:
        try:
            effect = _effect(request, knowledge, slug, form)
        except DocumentError as error:
            problem = problem or language.text(error.message.template, **error.message.values)
            status = 400
    labels = concept_labels(language.code)
    return site.pages.render(
        request,
        "correct.html",
        status=status,
        slug=slug,
        title=_title(knowledge, slug, language),
        form=form,
        wanted=wanted,
        effect=effect,
        applies=effect is not None and effect.outcome == "applied",
        outcome=outcome_words(effect.outcome, effect.found, language) if effect else None,
        shown_value=lambda name, value: labels.get((name, value), value) if name in {"theme", "level"} else value,
        names=field_names(language),
        problem=problem,
        version=knowledge.version,
    )


def _wanted(fields: dict[str, str]) -> Wanted:
    wanted = Wanted.of(fields)
    if wanted is None or (wanted.anchor is not None and not _ANCHOR.fullmatch(wanted.anchor)):
        raise HTTPException(404)
    return wanted


def _form(request: Request, knowledge: Knowledge, slug: str, wanted: Wanted) -> CorrectionForm:
    site = site_of(request)
    graph = f"{knowledge.iris.base}graph/{_current(knowledge, slug).version.value.rpartition('/')[2]}"
    search: SearchIndex | None = None
    if wanted.field == "actor":
        try:
            search = site.installation.search.newest(patience=1)
        except GraphError:
            search = None
    form = correction_form(knowledge, graph, wanted, language=site.pages.language(request), search=search)
    if form is None:
        raise HTTPException(404)
    return form


def _current(knowledge: Knowledge, slug: str) -> LoadedVersion:
    wanted = knowledge.iris.namespace("roadmap") + slug
    found = (known for known in loaded_versions(knowledge.snapshot) if known.current and known.roadmap.value == wanted)
    version = next(found, None)
    if version is None:
        raise HTTPException(404)
    return version


def _effect(request: Request, knowledge: Knowledge, slug: str, form: CorrectionForm) -> Effect:
    loader: Loader = writer_of(request)
    settings, wanted = loader.settings, form.wanted
    asked = Correction(
        roadmap=slug,
        field=wanted.field,
        author="preview",
        made="2000-01-01T00:00:00+00:00",
        operation=wanted.operation,
        value=wanted.chosen,
        instead=wanted.instead,
        cell=str(form.cell["address"]) if form.cell else None,
    )
    correction = new_correction(
        asked,
        knowledge.snapshot,
        iris=knowledge.iris,
        reference=load_reference(),
        show_persons=settings.show_persons,
    )
    active = CorrectionRecord.read(knowledge.snapshot, knowledge.iris).active(slug)
    with ReadingPool(reading_limits(settings)) as readers:
        return effect_of(
            correction,
            active,
            _current(knowledge, slug),
            kept=loader.store.folder,
            readers=readers,
            show_persons=settings.show_persons,
        )


def list_page(request: Request) -> Response:
    """The corrections of a roadmap, the newest first, with what came of each."""
    site = site_of(request)
    language, knowledge = site.pages.language(request), site.installation.newest()
    slug = request.path_params["slug"]
    title, recorded = _title(knowledge, slug, language), _recorded(knowledge, slug)[::-1]
    try:
        allow(request, "load", graphs=None)
        may_undo = request.app.state.loader is not None
    except ProblemError:
        may_undo = False
    return site.pages.render(
        request,
        "corrections.html",
        slug=slug,
        title=title,
        recorded=recorded,
        made=request.query_params.get("made"),
        may_undo=may_undo,
        names=field_names(language),
        outcome_told=lambda one: outcome_words(one.outcome, one.found, language),
        labels=concept_labels(language.code),
        called=_called(knowledge, recorded, language),
        places=_places(knowledge, slug, recorded),
        data=data_addresses(request),
        version=knowledge.version,
    )


def list_sheet(request: Request) -> Sheet:
    knowledge = site_of(request).installation.newest()
    slug = request.path_params["slug"]
    _title(knowledge, slug, site_of(request).pages.language(request))
    rows: list[list[Any]] = []
    for one in _recorded(knowledge, slug):
        known = one.correction
        rows.append(
            [
                *(f"{slug}_{known.key}", known.cell, known.field, known.value, known.instead, known.reason),
                *(known.author, known.made, one.outcome, known.undone, known.undone_by),
            ]
        )
    return Sheet(_COLUMNS, rows, knowledge.version)


async def undo(request: Request) -> Response:
    """The list, with the correction undone."""
    async with form_of_editor(request, limit=_LONGEST_FORM) as (identity, form):
        name = str(form.get("name", ""))
    return await run_in_threadpool(_undo, request, Author.of(identity), name)


def _undo(request: Request, author: Author, name: str) -> Response:
    slug, language = request.path_params["slug"], site_of(request).pages.language(request)
    if name.rpartition("_")[0] != slug:
        raise HTTPException(404)
    try:
        change_here(writer_of(request), CorrectionRequest(author=author.name, undo=name), author=author)
    except DocumentError as error:
        raise ProblemError(409, language.text(error.message.template, **error.message.values)) from None
    return RedirectResponse(f"/roadmaps/{slug}/corrections", status_code=303)


def _recorded(knowledge: Knowledge, slug: str) -> list[RecordedCorrection]:
    return CorrectionRecord.read(knowledge.snapshot, knowledge.iris).all(slug)


def _called(knowledge: Knowledge, recorded: list[RecordedCorrection], language: Language) -> dict[str, str]:
    """The labels of the things that corrections name."""
    named = {value for one in recorded for value in (one.correction.value, one.correction.instead)}
    found: dict[str, str] = {}
    for value in named:
        if value and value.startswith(("http://", "https://")) and " " not in value:
            thing = NamedNode(knowledge.iris.base + value.removeprefix(HOME) if value.startswith(HOME) else value)
            label = next((one["label"] for one in knowledge.records("label", language.code, thing=thing)), None)
            if label:
                found[value] = str(label)
    return found


def _places(knowledge: Knowledge, slug: str, recorded: list[RecordedCorrection]) -> dict[str, str]:
    """Where the cells of corrections are on the page of the roadmap, by the key of the correction."""
    graph = f"{knowledge.iris.base}graph/{_current(knowledge, slug).version.value.rpartition('/')[2]}"
    anchors = (
        {
            str(record["address"]): anchor_of(str(record["cell"]))
            for record in knowledge.records("cell-addresses", "ru", graph=graph)
        }
        if recorded
        else {}
    )
    found = {one.correction.key: anchors.get(one.correction.cell or "") for one in recorded}
    return {key: f"{with_query(f'/roadmaps/{slug}', cell=anchor)}#{anchor}" for key, anchor in found.items() if anchor}


def _title(knowledge: Knowledge, slug: str, language: Language) -> str:
    roadmap = knowledge.iris.namespace("roadmap") + slug
    found = next((one for one in knowledge.records("roadmaps", language.code) if one["value"] == roadmap), None)
    if found is None:
        raise HTTPException(404)
    return str(found["label"])


def field_names(language: Language) -> dict[str, str]:
    """What can be corrected, in words."""
    text = language.text
    return {
        "actor": text("who"),
        "deadline": text("when"),
        "theme": text("theme"),
        "target": text("target"),
        "text": text("words of the cell"),
        "kind": text("what the row is"),
        "number": text("number"),
        "section": text("section"),
        "level": text("level"),
        "territory": text("territory"),
        "period": text("period"),
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else None


_FORM, _LIST = "/roadmaps/{slug}/correct", "/roadmaps/{slug}/corrections"
ROUTES = [
    Route(_FORM, form_page),
    Route(_FORM, make, methods=["POST"]),
    *page_routes(_LIST, list_page, sheet=list_sheet, taken=takes("made")),
    Route(_LIST, undo, methods=["POST"]),
]
