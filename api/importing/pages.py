"""
Pages of imports: files are dropped, read and shown; they are loaded when somebody has confirmed what was shown.

| address | what |
|---|---|
| `/import` | the form for files, imports that wait, reports of earlier ones; POST begins one |
| `/import/<id>` | progress, then the preview, then the report; POST changes, confirms or cancels it |
| `/import/<id>.json` | state and progress, for programs and for the page itself |
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from api.access.audit import Author
from api.access.rights import allow
from api.commands.review_report import concept_labels
from api.forms import form_of_editor, led_to_sign_in
from api.importing.examination import MOST_DOUBTS, ROWS_A_PAGE, shown_preview
from api.importing.imports import HOURS, ImportRefusedError, Imports
from api.importing.loads import MAX_FILES, file_name
from api.importing.report import shown_report
from api.importing.revising import COLUMN_KINDS, LEVELS, TABLE_KINDS, profile_of, profile_with_actor, revised_profile
from api.links import with_query
from api.problems import ProblemError
from api.site import site_of
from graph.errors import GraphError
from loaders.corrected_values import CorrectionError
from loaders.finding import ENDINGS
from loaders.profile import ProfileError, parse_profile
from loaders.reading_process import EXTRACTIONS
from ontology.language import slug
from ontology.reference import Reference, load_reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from api.importing.imports import Import
    from api.language import Language
    from loaders.extraction import Extraction

_PROFILE: Final = ".profile.yaml"
# Settings of a document with tables of many columns.
_LONGEST_FORM: Final = 512 * 1024
_PAST: Final = 50


def imports_of(request: Request) -> Imports:
    """
    The imports of the data folder that this application writes.

    Raises:
        ProblemError: 403 if it only reads.
    """
    imports = request.app.state.imports
    if not isinstance(imports, Imports):
        _ = site_of(request).pages.language(request).text
        raise ProblemError(403, _("Data are only read here"))
    return imports


def import_page(request: Request) -> Response:
    allow(request, "read")
    return _start_page(request)


async def begin(request: Request) -> Response:
    """The new import, at its own address."""
    imports = imports_of(request)
    language = site_of(request).pages.language(request)
    limit = imports.loader.settings.upload_bytes
    try:
        async with form_of_editor(request, limit=limit, files=MAX_FILES) as (identity, form):
            parts = [part for part in form.getlist("file") if isinstance(part, UploadFile) and part.filename]
            author = Author.of(identity)
            new = await run_in_threadpool(_begin, imports, author, parts, language)
    except ProblemError as error:
        if error.status in {401, 403}:
            raise
        return await run_in_threadpool(_start_page, request, error.detail, error.status)
    return RedirectResponse(f"/import/{new.id}", status_code=303)


def _begin(imports: Imports, author: Author, parts: Iterable[UploadFile], language: Language) -> Import:
    text = language.text
    documents: dict[str, UploadFile] = {}
    profiles: dict[str, str] = {}
    for part in parts:
        name = file_name(part.filename or "", language)
        if name in documents:
            raise ProblemError(400, text("The file «{name}» comes twice.", name=name))
        if name.endswith(_PROFILE):
            try:
                written = part.file.read().decode("utf-8")
                parse_profile(written, file=name)
            except UnicodeDecodeError as error:
                said = text("{file}: cannot be read as UTF-8 text ({reason}).", file=name, reason=error.reason)
                raise ProblemError(400, said) from None
            except ProfileError as error:
                raise ProblemError(400, text(error.message.template, **error.message.values)) from None
            profiles[name.removesuffix(_PROFILE)] = written
        else:
            documents[name] = part
    alone = next((stem for stem in profiles if stem not in {PurePath(name).stem for name in documents}), None)
    if alone is not None:
        raise ProblemError(400, text("{name} is the profile of a document that did not come with it.", name=alone))
    if not documents:
        raise ProblemError(400, text("Choose at least one document."))
    try:
        return imports.begin(author, [(name, part.file) for name, part in documents.items()], profiles)
    except ImportRefusedError as error:
        raise ProblemError(429, text(error.template, **error.values)) from None


def one_import(request: Request) -> Response:
    """The page of an import in its present state."""
    led = led_to_sign_in(request)
    if led is not None:
        return led
    allow(request, "load", graphs=None)
    return _one_page(request, _found(request))


def state(request: Request) -> Response:
    """How far an import is: `state`, files `done` of `total`, and the `digest` that a confirmation must show."""
    allow(request, "load", graphs=None)
    one = _found(request)
    content: dict[str, Any] = {"id": one.id, "state": one.state, "done": one.done, "total": len(one.files)}
    if one.state == "ready":
        content["digest"] = one.digest
    return JSONResponse(content | {"report": one.report}, headers={"Cache-Control": "no-store"})


async def act(request: Request) -> Response:
    """What the buttons of the page do: `confirm`, `cancel`, `revise`, `reset`, `edition`, `actor`."""
    async with form_of_editor(request, limit=_LONGEST_FORM) as (identity, form):
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_act, request, Author.of(identity), fields)


def _act(request: Request, author: Author, fields: dict[str, str]) -> Response:
    imports, one = imports_of(request), _found(request)
    text = site_of(request).pages.language(request).text
    number = _number(fields.get("document"), len(one.files))
    here = with_query(f"/import/{one.id}", document=number + 1 if number else None)
    try:
        match fields.get("do"):
            case "confirm":
                imports.confirm(one, fields.get("digest", ""), author)
            case "cancel":
                imports.cancel(one)
                return RedirectResponse("/import", status_code=303)
            case "reset":
                imports.revise(one, number, None)
            case "actor":
                read = _read(imports, one, number)
                if read is not None:
                    ordinal, actor = _plain_number(fields.get("row")), _plain_number(fields.get("actor"))
                    words = fields.get("words", "")
                    profile = profile_with_actor(
                        one.files[number], read, ordinal=ordinal, actor=actor, words=words, author=author.name
                    )
                    imports.revise(one, number, profile)
                    here = with_query(f"/import/{one.id}", document=number + 1 if number else None, row=ordinal)
            case "edition":
                chosen = {"roadmap": fields.get("roadmap", "")}
                imports.revise(one, number, _revised(imports, one, number, chosen))
            case _:
                imports.revise(one, number, _revised(imports, one, number, fields))
    except ImportRefusedError as error:
        return _one_page(request, _found(request), text(error.template, **error.values), 409)
    except (CorrectionError, ProfileError) as error:
        said = text(error.message.template, **error.message.values)
        return _one_page(request, one, said, 400, number=number, fields=fields)
    return RedirectResponse(here, status_code=303)


def _revised(imports: Imports, one: Import, number: int, fields: dict[str, str]) -> str | None:
    read, shown = _read(imports, one, number), _slug_shown(one, number, imports.preview(one, number))
    return revised_profile(one.files[number], read, fields, reference=load_reference(), shown=shown)


def _read(imports: Imports, one: Import, number: int) -> Extraction | None:
    content = imports.preview(one, number)
    written = content["extraction"] if content else None
    return EXTRACTIONS.validate_python(written) if written else None


def _slug_shown(one: Import, number: int, content: dict[str, Any] | None) -> str:
    """The name of the roadmap that the form shows as chosen."""
    known = profile_of(one.files[number]).roadmap
    read = content and content["report"]["roadmap"]
    return known or (read.rpartition("/")[2] if read else slug(PurePath(one.files[number].name).stem))


def _start_page(request: Request, problem: str | None = None, status: int = 200) -> Response:
    imports = request.app.state.imports
    may, why = _may_load(request)
    known = imports.all() if may and isinstance(imports, Imports) else []
    forgotten = [one for one in known if one.is_open and imports.find(one.id) is None]
    waiting = [one for one in known if one.is_open and one not in forgotten]
    settings = site_of(request).installation.settings
    return site_of(request).pages.render(
        request,
        "import.html",
        status=status,
        problem=problem,
        may=may,
        why=why,
        waiting=waiting,
        unreadable={one.id for one in waiting if one.state == "ready" and _is_unreadable(imports_of(request), one)},
        past=[one for one in known if not one.is_open][:_PAST],
        endings=sorted(ENDINGS | {_PROFILE}),
        megabytes=settings.upload_bytes // 1024**2,
        limit=settings.upload_bytes,
        hours=HOURS,
    )


def _may_load(request: Request) -> tuple[bool, str | None]:
    """Whether who asks may load, and if they are known and may not, why."""
    if not isinstance(request.app.state.imports, Imports):
        return False, site_of(request).pages.language(request).text("Data are only read here")
    try:
        allow(request, "load", graphs=None)
    except ProblemError as error:
        return False, None if error.status == 401 else error.detail
    return True, None


def _one_page(
    request: Request,
    one: Import,
    problem: str | None = None,
    status: int = 200,
    *,
    number: int | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    pages, imports = site_of(request).pages, imports_of(request)
    language = pages.language(request)
    if number is None:
        number = _number(request.query_params.get("document"), len(one.files))
    values: dict[str, Any] = {"one": one, "problem": problem, "at": number, "newest": imports.loader.store.version}
    if one.state in {"done", "failed"}:
        report = shown_report(one.report, language) if one.report else None
        return pages.render(request, "import_report.html", status=status, report=report, **values)
    if one.state != "ready":
        return pages.render(request, "import_progress.html", status=status, **values)
    show_persons = imports.loader.settings.show_persons
    contents = [imports.preview(one, index) for index in range(len(one.files))]
    content = contents[number]
    first = _number(request.query_params.get("row"), 1_000_000)
    preview = shown_preview(content, language, show_persons=show_persons, first=first) if content else None
    labels = concept_labels(language.code)
    return pages.render(
        request,
        "import_preview.html",
        status=status,
        preview=preview,
        overview=[_summary(each) for each in contents],
        fields=fields or {},
        roadmaps=_roadmaps(request, language),
        slug_shown=_slug_shown(one, number, content),
        territories=_territories(load_reference()),
        levels={name: labels["level", name] for name in LEVELS},
        table_kinds={name: labels["table-kind", name] for name in TABLE_KINDS},
        column_kinds={name: labels["column-kind", name] for name in COLUMN_KINDS},
        hours=HOURS,
        rows_a_page=ROWS_A_PAGE,
        most_doubts=MOST_DOUBTS,
        **values,
    )


def _is_unreadable(imports: Imports, one: Import) -> bool:
    """Whether none of its files can be loaded."""
    return all(_summary(imports.preview(one, index))["errors"] for index in range(len(one.files)))


def _summary(content: dict[str, Any] | None) -> dict[str, Any]:
    """What the list of files says of one."""
    if content is None:
        return {"errors": 0, "rows": 0, "unchanged": False, "is_edition": False, "changes": 0}
    report = content["report"]
    return {
        "errors": len(report["errors"]),
        "rows": sum(report["rows"].values()),
        "unchanged": content["unchanged"],
        "is_edition": report["previous"] is not None,
        "changes": sum(report["changes"].values()),
    }


def _roadmaps(request: Request, language: Language) -> list[tuple[str, str]]:
    """Slugs and titles of what is loaded."""
    try:
        found = site_of(request).installation.newest().records("roadmaps", language.code)
    except GraphError:
        return []
    return [(str(record["value"]).rpartition("/")[2], str(record["label"])) for record in found]


def _territories(reference: Reference) -> list[str]:
    rows = [row for row in reference.territories.values() if row.kind != "country"]
    regions = {row.key: row.label_ru for row in rows if row.kind == "federal-subject"}
    named = {
        row.label_ru if row.key in regions else f"{regions.get(row.territory, '')}, {row.label_ru}" for row in rows
    }
    return sorted(name.removeprefix(", ") for name in named)


def _found(request: Request) -> Import:
    one = imports_of(request).find(request.path_params["name"])
    if one is None:
        text = site_of(request).pages.language(request).text
        raise ProblemError(404, text("This import was cancelled or has expired; send the files again."))
    return one


def _number(text: str | None, count: int) -> int:
    """The place in a list of `count`, from 0, that an address names from 1; the first if it names none."""
    number = int(text) - 1 if text and text.isascii() and text.isdecimal() and len(text) < 8 else 0
    return number if 0 <= number < count else 0


def _plain_number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 8 else -1


ROUTES = [
    Route("/import", import_page),
    Route("/import", begin, methods=["POST"]),
    Route("/import/{name}.json", state),
    Route("/import/{name}", one_import),
    Route("/import/{name}", act, methods=["POST"]),
]
