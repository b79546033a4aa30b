"""Elements of a large XML as a stream, each with its subtree, without entities, document type or network."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final, cast

from lxml import etree

from loaders.registries.source import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.registries.source import Source

_PROLOGUE: Final = 4096
# A head organisation with its branches and programmes has some 40,000 tags; one without end would fill memory.
MOST_TAGS: Final = 200_000


class _Checked:
    """The source for the parser, which is given no document type declaration and nothing without end."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._start = b""
        self._line = 1
        # Since the last element that was wanted.
        self.tags = 0

    def read(self, count: int = -1) -> bytes:
        chunk = self._source.read(count)
        if len(self._start) < _PROLOGUE:
            self._start += chunk[:_PROLOGUE]
            # In UTF-16 every second byte is zero.
            if b"<!DOCTYPE" in self._start.replace(b"\0", b"").upper():
                raise _document_type(self._source.file)
        self.tags += chunk.count(b"<")
        self._line += chunk.count(b"\n")
        if self.tags > MOST_TAGS:
            raise RegisterError(
                "{file}, line {line}: elements inside elements without end; this is no register.",
                file=self._source.file,
                line=self._line,
            )
        return chunk


def read_elements(source: Source, *names: str) -> Iterator[etree._Element]:
    """
    Each element with one of the local names, complete; it is emptied when the next one is asked for.

    Raises:
        RegisterError: No XML, cut off, with a document type, nested or filled without end, or without such elements.
    """
    file = source.file
    checked = _Checked(source)
    found = 0
    try:
        # The parser refuses more than 256 elements inside each other.
        elements = etree.iterparse(
            cast("IO[bytes]", checked),
            events=("end",),
            tag=[f"{{*}}{name}" for name in names],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for _, element in elements:
            checked.tags = 0
            if not found:
                _refuse_document_type(element, file)
            found += 1
            yield element
            _empty(element)
    except etree.XMLSyntaxError as error:
        if "entity amplification" in (error.msg or ""):
            raise _document_type(file) from error
        raise RegisterError(
            "{file}, line {line}: no valid XML ({reason}); the file is cut off or damaged, fetch it again.",
            file=file,
            line=error.lineno or 0,
            reason=(error.msg or "")[:120],
        ) from error
    except LookupError as error:
        raise RegisterError("{file}: its character set is not known; save it as UTF-8.", file=file) from error
    if not found:
        root = elements.root
        if root is not None:
            _refuse_document_type(root, file)
        raise RegisterError(
            "{file}: holds no element «{name}» (the outermost is «{root}»); this is another file, or its form has "
            "changed.",
            file=file,
            name=" / ".join(names),
            root=local_name(root)[:80] if root is not None else "",
        )


def local_name(element: etree._Element) -> str:
    """The name without namespace."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2] if tag[:1] == "{" else tag


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element at the end of the path of local names; None if there is none."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local_name(inner) == name), None)
    return element


def children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [inner for inner in element if local_name(inner) == name] if element is not None else []


def text_of(element: etree._Element | None, *path: str) -> str:
    """The text at the end of the path, without white space around; empty if there is none."""
    found = child(element, *path) if path else element
    return (found.text or "").strip() if found is not None else ""


def attribute(element: etree._Element | None, *names: str) -> str:
    """The first of the attributes that is there; empty if none is."""
    if element is not None:
        for name in names:
            value = element.get(name)
            if value is not None:
                return value.strip()
    return ""


def _refuse_document_type(element: etree._Element, file: str) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise _document_type(file)


def _document_type(file: str) -> RegisterError:
    return RegisterError("{file}: declares a document type, which no register does; it is not read.", file=file)


def _empty(element: etree._Element) -> None:
    """Leave nothing of the element, and nothing that stands before it."""
    element.clear()
    at: etree._Element | None = element
    while at is not None:
        parent = at.getparent()
        while parent is not None and at.getprevious() is not None:
            del parent[0]
        at = parent
