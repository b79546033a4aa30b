"""Elements of a large XML as a stream, each with its subtree, without entities, document type or network."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final, cast

from lxml import etree

from loaders.registries.source import RegisterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.registries.source import Source

_PROLOGUE: Final = 4096
# A head organisation with its branches and programmes has some 20,000; one without end would fill memory.
MOST_INSIDE: Final = 200_000
MOST_DEPTH: Final = 100


class _Checked:
    """The source for the parser, which is not given a document type declaration."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._start = b""

    def read(self, count: int = -1) -> bytes:
        chunk = self._source.read(count)
        if len(self._start) < _PROLOGUE:
            self._start += chunk[:_PROLOGUE]
            # In UTF-16 every second byte is zero.
            if b"<!DOCTYPE" in self._start.replace(b"\0", b"").upper():
                raise _document_type(self._source.file)
        return chunk


def read_elements(source: Source, *names: str) -> Iterator[etree._Element]:
    """
    Each element with one of the local names, complete; it is emptied when the next one is asked for.

    Raises:
        RegisterError: No XML, cut off, with a document type, nested or filled without end, or without such elements.
    """
    file = source.file
    wanted = frozenset(names)
    found = depth = inside = 0
    root: str | None = None
    try:
        steps = etree.iterparse(
            cast("IO[bytes]", _Checked(source)),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for step, element in steps:
            if step == "start":
                depth, inside = depth + 1, inside + 1
                if root is None:
                    root = local_name(element)
                    if element.getroottree().docinfo.internalDTD is not None:
                        raise _document_type(file)
                if depth > MOST_DEPTH or inside > MOST_INSIDE:
                    raise RegisterError(
                        "{file}, line {line}: elements inside elements without end; this is no register.",
                        file=file,
                        line=element.sourceline or 0,
                    )
                continue
            depth -= 1
            if local_name(element) in wanted:
                found += 1
                yield element
                _empty(element)
                inside = 0
            elif depth <= 1:
                _empty(element)
    except etree.XMLSyntaxError as error:
        raise RegisterError(
            "{file}, line {line}: no valid XML ({reason}); the file is cut off or damaged, fetch it again.",
            file=file,
            line=error.lineno or 0,
            reason=(error.msg or "")[:120],
        ) from error
    except LookupError as error:
        raise RegisterError("{file}: its character set is not known; save it as UTF-8.", file=file) from error
    if not found:
        raise RegisterError(
            "{file}: holds no element «{name}» (the outermost is «{root}»); this is another file, or its form has "
            "changed.",
            file=file,
            name=" / ".join(names),
            root=(root or "")[:80],
        )


def local_name(element: etree._Element) -> str:
    """The name without namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


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


def _document_type(file: str) -> RegisterError:
    return RegisterError("{file}: declares a document type, which no register does; it is not read.", file=file)


def _empty(element: etree._Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        parent = element.getparent()
        if parent is None:
            return
        del parent[0]
