"""Graphs on their way in: the body of a request, or the files of its form, as one file."""

from __future__ import annotations

import re
import shutil
from functools import partial
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from anyio import to_thread
from pyoxigraph import RdfFormat, parse, serialize
from starlette.datastructures import UploadFile

from api.negotiation import DATASETS, GRAPHS
from api.problems import ProblemError
from api.protocols.bounded_output import BoundedOutput, temporary_file
from api.protocols.messages import media_type_of
from api.site import site_of
from graph.errors import DataTooLargeError, RdfSyntaxError
from graph.updates import UpdateLimits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from api.language import Language

MULTIPART: Final = "multipart/form-data"
_ACCEPTED: Final = ", ".join([*(form.media_type for form in (*GRAPHS, *DATASETS)), MULTIPART])
_CHUNK: Final = 256 * 1024
# Several files of a form are joined in this process, so they are small, and so is what they become: a prefix may be
# long and be used often.
_MOST_IN_FORM: Final = 16 * 1024**2
_MOST_JOINED: Final = 64 * 1024**2
# Entities of RDF/XML grow without bounds; only the process that is limited in memory reads them.
_OWN_ENTITIES: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_MOST_PARTS: Final = 100


def rdf_format_of(request: Request) -> RdfFormat:
    """
    The format of the request's body.

    Raises:
        ProblemError: 415 if it is not named or not known.
    """
    found = RdfFormat.from_media_type(media_type_of(request))
    if found is None:
        _ = site_of(request).pages.language(request).text
        words = _("A graph is sent as {types}", types=_ACCEPTED)
        raise ProblemError(415, words, headers={"Accept-Post" if request.method == "POST" else "Accept": _ACCEPTED})
    return found


async def received_body(request: Request) -> IO[bytes]:
    """The body of the request in a temporary file."""
    file, size = temporary_file(), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            _check_size(size, UpdateLimits().bytes)
            await to_thread.run_sync(file.write, chunk)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


async def received_form(request: Request, base: str) -> tuple[IO[bytes], RdfFormat]:
    """The file of a form; several as one file of N-Triples, in which a blank node of one is none of another."""
    async with request.form(max_files=_MOST_PARTS, max_fields=_MOST_PARTS) as form:
        files = [part for _name, part in form.multi_items() if isinstance(part, UploadFile)]
        _ = site_of(request).pages.language(request).text
        if not files:
            raise ProblemError(400, _("The form sends no file"))
        formats = [_format_of(part) for part in files]
        unknown = next((part.filename for part, found in zip(files, formats, strict=True) if found is None), None)
        if unknown is not None:
            words = _("What format has the file «{name}»? A graph is sent as {types}", name=unknown, types=_ACCEPTED)
            raise ProblemError(415, words, headers={"Accept-Post": _ACCEPTED})
        parts = [(part.file, found) for part, found in zip(files, formats, strict=True) if found is not None]
        if len(parts) == 1:
            return await to_thread.run_sync(_copied, parts[0][0]), parts[0][1]
        return await to_thread.run_sync(
            _joined, parts, base, site_of(request).pages.language(request)
        ), RdfFormat.N_TRIPLES


def _format_of(part: UploadFile) -> RdfFormat | None:
    """The format that the part says, else the one that the ending of its name says."""
    found = RdfFormat.from_media_type((part.content_type or "").split(";")[0].strip())
    return found or RdfFormat.from_extension((part.filename or "").rpartition(".")[2].lower())


def _copied(source: BinaryIO) -> IO[bytes]:
    _check_size(source.seek(0, 2), UpdateLimits().bytes)
    source.seek(0)
    file = temporary_file()
    shutil.copyfileobj(source, file, _CHUNK)
    file.seek(0)
    return file


def _joined(parts: Sequence[tuple[BinaryIO, RdfFormat]], base: str, language: Language) -> IO[bytes]:
    file = temporary_file()
    try:
        _check_size(sum(source.seek(0, 2) for source, _format in parts), _MOST_IN_FORM)
        _check_entities(parts, language)
        bounded = cast("IO[bytes]", BoundedOutput(file, partial(_check_size, limit=_MOST_JOINED)))
        for source, rdf_format in parts:
            source.seek(0)
            try:
                quads = parse(
                    source, format=rdf_format, base_iri=base, without_named_graphs=True, rename_blank_nodes=True
                )
                serialize((quad.triple for quad in quads), bounded, RdfFormat.N_TRIPLES)
            except SyntaxError as error:
                raise RdfSyntaxError(
                    "Line {line}, column {column}: this is not RDF in the format it is said to be ({reason})",
                    line=error.lineno or 1,
                    column=error.offset or 1,
                    reason=str(error.msg).partition(": ")[2] or error.msg,
                ) from None
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _check_entities(parts: Sequence[tuple[BinaryIO, RdfFormat]], language: Language) -> None:
    for source, rdf_format in parts:
        source.seek(0)
        if rdf_format == RdfFormat.RDF_XML and _OWN_ENTITIES.search(source.read()):
            _ = language.text
            raise ProblemError(400, _("RDF/XML that declares entities is sent alone, not beside other files"))


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise DataTooLargeError(
            "More than {megabytes} MB were sent at once; send them in several parts", megabytes=limit // 1024**2
        )
