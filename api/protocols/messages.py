"""
What the SPARQL protocols share: parameters and bodies of requests, entity tags, CORS, names of files to save.

Parameters are read strictly: bytes that are no UTF-8 are an error here, where the framework would replace them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import parse_qsl, quote

from anyio import CapacityLimiter
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.routing import Route, request_response

from api.problems import ProblemError
from api.protocols.announced_limits import AnnouncedLimits
from api.site import held, site_of
from graph.errors import TermError
from graph.guard import Dataset
from graph.terms import iri
from graph.tokens import meaningful

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from pyoxigraph import NamedNode
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from api.protocols.announced_limits import Announced

    Endpoint = Callable[[Request], Awaitable[Response]]

FORM: Final = "application/x-www-form-urlencoded"
# What scripts of other sites may read of an answer.
_EXPOSED: Final = (
    "Allow",
    "Content-Disposition",
    "ETag",
    "Location",
    "Retry-After",
    "Vekha-Limit-Bytes",
    "Vekha-Limit-Exceeded",
    "Vekha-Limit-Rows",
    "Vekha-Limit-Seconds",
    "Vekha-Service",
    "Vekha-Version",
    "Vekha-Warning",
)
_ENTITY_TAG: Final = re.compile(r'(?:W/)?"[^"]*"')
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
# More than relative IRIs look like this, but each of them does.
_PERHAPS_RELATIVE: Final = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\x00-\x20]*>")
_MOST_PARAMETERS: Final = 1000
_CHANGING: Final = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|SERVICE)\b", re.IGNORECASE)
_NOT_IN_FILE_NAMES: Final = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|]+')


class Parameters:
    """The parameters of a request in their order, from its address and, where it is a form, from its body."""

    def __init__(self, request: Request, pairs: Iterable[tuple[str, str]]) -> None:
        self._language = site_of(request).pages.language(request)
        self._pairs = list(pairs)

    @classmethod
    def of(cls, request: Request, form: bytes = b"") -> Self:
        """
        Those of the address and of the body `form`.

        Raises:
            ProblemError: 400 if they are not UTF-8 or there are too many.
        """
        _ = site_of(request).pages.language(request).text
        pairs: list[tuple[str, str]] = []
        for source in (request.scope["query_string"], form):
            try:
                pairs += parse_qsl(
                    source.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
                )
            except UnicodeDecodeError:
                raise ProblemError(400, _("The parameters are not UTF-8")) from None
            except ValueError:
                raise ProblemError(400, _("At most {limit} parameters are read", limit=_MOST_PARAMETERS)) from None
        return cls(request, pairs)

    def __contains__(self, name: str) -> bool:
        return any(name == known for known, _value in self._pairs)

    def all(self, name: str) -> list[str]:
        return [value for known, value in self._pairs if known == name]

    def one(self, name: str) -> str | None:
        """
        The value of the parameter, None if it is not given.

        Raises:
            ProblemError: 400 if it is given more than once.
        """
        found = self.all(name)
        if len(found) > 1:
            raise ProblemError(400, self._language.text("The parameter «{name}» is given more than once", name=name))
        return found[0] if found else None

    def required(self, name: str) -> str:
        """
        The value of the parameter.

        Raises:
            ProblemError: 400 if it is not given, or more than once.
        """
        found = self.one(name)
        if found is None:
            raise ProblemError(400, self._language.text("The parameter «{name}» is missing", name=name))
        return found

    def refuse_text(self, *names: str) -> None:
        """
        Nothing, if none of these parameters is there beside the text that is the body (SPARQL 1.1 Protocol, 2.1.3).

        Raises:
            ProblemError: 400 if one is: which of the two texts is meant, nobody knows.
        """
        for name in names:
            if name in self:
                words = self._language.text("The text is the body here; leave out the parameter «{name}»", name=name)
                raise ProblemError(400, words)

    def number(self, name: str) -> int | None:
        """
        The whole number that the parameter names.

        Raises:
            ProblemError: 400 if it is none.
        """
        text = self.one(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 16):
            raise ProblemError(400, self._language.text("The parameter «{name}» is no whole number", name=name))
        return int(text)

    def dataset(self, default: str, named: str) -> Dataset | None:
        """
        The dataset that parameters of these names describe (SPARQL 1.1 Protocol, 2.1.4 and 2.2.3).

        Raises:
            ProblemError: 400 if one of them is no absolute IRI.
        """
        if default not in self and named not in self:
            return None
        return Dataset(self._iris(default), self._iris(named))

    def _iris(self, name: str) -> tuple[NamedNode, ...]:
        return tuple(self.iri(name, text) for text in self.all(name))

    def iri(self, name: str, text: str) -> NamedNode:
        """
        The absolute IRI `text`, which the parameter `name` gave.

        Raises:
            ProblemError: 400 if it is none.
        """
        try:
            return iri(text)
        except TermError as error:
            words = self._language.text(error.template, **error.values)
            raise ProblemError(
                400, self._language.text("Parameter «{name}»: {reason}", name=name, reason=words)
            ) from None


def media_type_of(request: Request) -> str:
    """The media type of the body, without its parameters; empty if none is given."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def check_coding(request: Request) -> None:
    """
    Nothing, if the body of the request is sent as it is (RFC 9110, 8.4 and 12.5.3).

    Raises:
        ProblemError: 415 if it is compressed.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        _ = site_of(request).pages.language(request).text
        words = _("Bodies are read without a content coding; send this one uncompressed")
        raise ProblemError(415, words, headers={"Accept-Encoding": "identity"})


async def body_of(request: Request, limit: int) -> bytes:
    """
    The body of the request.

    Raises:
        ProblemError: 413 if it is longer than `limit` bytes, 415 if it is compressed.
    """
    check_coding(request)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            _ = site_of(request).pages.language(request).text
            words = _("The request is longer than the {limit} bytes that are read here", limit=limit)
            raise ProblemError(413, words, limit=limit)
    return bytes(body)


def text_of(request: Request, body: bytes) -> str:
    """
    The body as text; the protocol knows UTF-8 only (SPARQL 1.1 Protocol, 2.1.3), which some editors begin with a mark.

    Raises:
        ProblemError: 400 if it is not.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(400, _("The text is not UTF-8 (byte {place})", place=error.start + 1)) from None


@dataclass(frozen=True, slots=True)
class Based:
    """A text whose relative IRIs have a base, and how many lines that put before what was sent."""

    text: str
    added_lines: int


def may_change(text: str) -> bool:
    """Whether the same query may answer the same data differently each time."""
    return _CHANGING.search(text) is not None


def based(text: str, base: str) -> Based:
    """
    The query or update with the base of this service (RFC 3986, 5.1.4), if it needs one.

    The engine knows none of its own, so a BASE line says it; nearly every text goes without.
    """
    if not _PERHAPS_RELATIVE.search(text):
        return Based(text, 0)
    tokens = meaningful(text)
    needs = any(token.kind == "iri" and not _ABSOLUTE.match(token.text) for token in tokens)
    if not needs or any(token.is_word("BASE") for token in tokens):
        return Based(text, 0)
    return Based(f"BASE <{base}>\n{text}", 1)


def entity_tag(version: int, *parts: object) -> str:
    """The tag of what a data version answers to a request that `parts` describe."""
    return weak_tag(version, digest(*parts))


def digest(*parts: object) -> str:
    """What differs as soon as one of the parts does."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def weak_tag(version: int, described: str) -> str:
    """A weak tag: the rows are the same, their order and the coding of the bytes may differ."""
    return f'W/"{version}-{described}"'


def tags_of(request: Request, header: str) -> set[str]:
    """The entity tags that a condition of the request lists, or `*` alone (RFC 9110, 13.1.1 and 13.1.2)."""
    text = ",".join(request.headers.getlist(header)).strip()
    return {"*"} if text == "*" else set(_ENTITY_TAG.findall(text))


def is_known(request: Request, tag: str) -> bool:
    """Whether the client holds the answer of this tag (`If-None-Match`; RFC 9110, 13.1.2, weak comparison)."""
    if request.method not in {"GET", "HEAD"}:
        return False
    known = {known.removeprefix("W/") for known in tags_of(request, "if-none-match")}
    return bool(known & {"*", tag.removeprefix("W/")})


def attachment(name: str) -> str:
    """`Content-Disposition` for a file to save, whatever letters its name has (RFC 6266, 4.3)."""
    name = _NOT_IN_FILE_NAMES.sub("_", name) or "answer"
    if name.isascii():
        return f'attachment; filename="{name}"'
    plain = "".join(letter if letter.isascii() else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def open_route(path: str, endpoint: Endpoint, methods: Sequence[str], *, limits: Announced | None = None) -> Route:
    """
    A route that scripts of any site may use, and that answers OPTIONS; `limits` stand in the head of each answer.

    No cookie is accepted from other sites, so a foreign script can do no more than its author by hand.
    """

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=allow)
        if request.method not in allowed:
            raise HTTPException(405, headers=allow)
        return await endpoint(request)

    allowed = sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set()))
    allow = {"Allow": ", ".join(allowed)}
    app: ASGIApp = CORSMiddleware(
        request_response(answer),
        allow_origins=["*"],
        allow_methods=allowed,
        allow_headers=["Accept", "Authorization", "Content-Type", "If-Match", "If-None-Match"],
        expose_headers=_EXPOSED,
    )
    # As an application it gets requests by other methods too.
    return Route(path, app if limits is None else AnnouncedLimits(app, limits), name=endpoint.__name__)


def threads_of(request: Request) -> CapacityLimiter:
    """
    The threads of what asks data, of which at least one is free.

    Raises:
        ProblemError: 503 if none is.
    """
    threads = held(request, "query_threads", CapacityLimiter)
    if threads.available_tokens < 1:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(503, _("Too many queries are running; try again later"), headers={"Retry-After": "5"})
    return threads


def check_length(request: Request, text: str) -> None:
    """
    Nothing, if the text of a query or update is not too long.

    Raises:
        ProblemError: 413 if it is.
    """
    limit = site_of(request).installation.settings.query_length
    if len(text.encode()) > limit:
        _ = site_of(request).pages.language(request).text
        raise ProblemError(413, _("A query has at most {limit} bytes", limit=limit), limit=limit)
