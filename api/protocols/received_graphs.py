"""Graphs on their way in: the body of a request, or the files of its form, as one file."""

from __future__ import annotations

import re
import shutil
from codecs import BOM_UTF8
from functools import partial
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

from anyio import to_thread
from pyoxigraph import RdfFormat, parse, serialize
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from api.negotiation import DATASETS, GRAPHS
from api.problems import ProblemError
from api.protocols.bounded_output import BoundedOutput, temporary_file
from api.protocols.messages import check_coding, media_type_of
from api.site import site_of
from graph.errors import DataTooLargeError, RdfSyntaxError
from graph.updates import UpdateLimits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.datastructures import FormData
    from starlette.types import Message

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
_BOUNDARY: Final = re.compile(r"boundary=(?:\"([^\"]*)\"|([^;\s]*))", re.IGNORECASE)
# In these last bytes of a form its last boundary is looked for.
_LONGEST_END: Final = 4096


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
    """
    The body of the request in a temporary file.

    Raises:
        ProblemError: 400 if it is a part of a graph, 415 if it is compressed.
        DataTooLargeError: It is.
    """
    check_coding(request)
    if "content-range" in request.headers:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(400, _("A part of a graph cannot be replaced; send it whole"))
    file, size = temporary_file(), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            _check_size(size, UpdateLimits().bytes)
            await to_thread.run_sync(file.write, chunk)
    except BaseException:
        file.close()
        raise
    _to_begin(file)
    return file


async def received_form(request: Request, base: str) -> tuple[IO[bytes], RdfFormat]:
    """
    The file of a form; several as one file of N-Triples, in which a blank node of one is none of another.

    Raises:
        ProblemError: 400 if the form is broken, incomplete or without files, 415 if one is no graph.
        DataTooLargeError, RdfSyntaxError: A file is too large, or not of its format.
    """
    check_coding(request)
    _ = site_of(request).pages.language(request).text
    try:
        async with _whole(request).form(max_files=_MOST_PARTS, max_fields=_MOST_PARTS) as form:
            return await _file_of(request, form, base)
    except HTTPException as error:
        raise ProblemError(400, _("The form is broken: {reason}", reason=error.detail)) from None


def _whole(request: Request) -> Request:
    """The request, whose form is an error if its last boundary is missing; its reader would leave out the last part."""
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    end = f"--{(boundary[1] or boundary[2]) if boundary else ''}--".encode("latin-1")
    last, receive = b"", request.receive

    async def read() -> Message:
        nonlocal last
        message = await receive()
        last = (last + message.get("body", b""))[-_LONGEST_END:]
        if message["type"] == "http.request" and not message.get("more_body") and end not in last:
            _ = site_of(request).pages.language(request).text
            raise MultiPartException(_("it ends before its last boundary"))
        return message

    return Request(request.scope, read)


async def _file_of(request: Request, form: FormData, base: str) -> tuple[IO[bytes], RdfFormat]:
    language = site_of(request).pages.language(request)
    _ = language.text
    files = [part for _name, part in form.multi_items() if isinstance(part, UploadFile)]
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
    return await to_thread.run_sync(_joined, parts, base, language), RdfFormat.N_TRIPLES


def _format_of(part: UploadFile) -> RdfFormat | None:
    """The format that the part says, else the one that the ending of its name says."""
    found = RdfFormat.from_media_type((part.content_type or "").split(";")[0].strip())
    return found or RdfFormat.from_extension((part.filename or "").rpartition(".")[2].lower())


def _copied(source: BinaryIO) -> IO[bytes]:
    _check_size(source.seek(0, 2), UpdateLimits().bytes)
    _to_begin(source)
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
            _to_begin(source)
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


def _to_begin(file: IO[bytes]) -> None:
    """The next byte that is read is the first one of the text, after the mark with which some editors begin UTF-8."""
    file.seek(0)
    if file.read(len(BOM_UTF8)) != BOM_UTF8:
        file.seek(0)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise DataTooLargeError(
            "More than {megabytes} MB were sent at once; send them in several parts", megabytes=limit // 1024**2
        )
