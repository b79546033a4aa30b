"""Zipped office documents opened with limits, their XML parsed without entities, network or DTD."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from loaders.cells import Remark, UnreadableDocumentError

# A roadmap of 300 pages unpacks to some 20 MB; bombs start at gigabytes.
MOST_UNPACKED = 256 * 2**20
MOST_MEMBERS = 10_000
MOST_RATIO = 200
# Small parts of repeated blanks compress well and harm nobody.
_RATIO_FROM = 8 * 2**20
# A document type stands before the root element.
_PROLOGUE = 4096


class Archive:
    """
    The parts of a zipped document by name.

    Raises:
        UnreadableDocumentError: not a zip file, encrypted, or larger unpacked than any roadmap.
    """

    def __init__(self, content: bytes, *, file: str) -> None:
        self._file = file
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise UnreadableDocumentError(
                "{file}: the file is damaged or cut off; open it in an office program, save it again and load that.",
                file=file,
            ) from error
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS:
            raise UnreadableDocumentError(
                "{file}: {count} parts inside, at most {limit} are read; save the document again and load that.",
                file=file,
                count=len(members),
                limit=MOST_MEMBERS,
            )
        if sum(member.file_size for member in members) > MOST_UNPACKED:
            raise UnreadableDocumentError(
                "{file}: unpacked it would take more than {limit} MB; split the document.",
                file=file,
                limit=MOST_UNPACKED // 2**20,
            )
        for member in members:
            if member.flag_bits & 1:
                raise UnreadableDocumentError(
                    "{file}: protected by a password; save it without one and load that.", file=file
                )
            if member.file_size > _RATIO_FROM and member.file_size > MOST_RATIO * max(member.compress_size, 1):
                raise UnreadableDocumentError(
                    "{file}: part «{part}» is packed {limit} times or more; open the document, save it again and load "
                    "that.",
                    file=file,
                    part=member.filename[:80],
                    limit=MOST_RATIO,
                )
        self.names = frozenset(member.filename for member in members)

    def refuse_document_types(self) -> None:
        """
        For a reader that parses the parts itself.

        Raises:
            UnreadableDocumentError: an XML part declares a document type before its root.
        """
        for name in self.names:
            if name.endswith((".xml", ".rels")) and _declares_type(self.read(name, most=_PROLOGUE) or b""):
                raise _document_type(self._file, name)

    def macros(self) -> tuple[Remark, ...]:
        """One remark if there are programs inside, which are never run."""
        found = sorted(name for name in self.names if name.endswith("vbaProject.bin") or name.startswith("Basic/"))
        return (Remark("macros-not-run", found[0]),) if found else ()

    def read(self, name: str, *, most: int = MOST_UNPACKED) -> bytes | None:
        """The first bytes of a part, or None if there is no such part; never more than its declared size."""
        if name not in self.names:
            return None
        try:
            with self._zip.open(name) as part:
                return part.read(most)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise UnreadableDocumentError(
                "{file}: part «{part}» is damaged; open the document, save it again and load that.",
                file=self._file,
                part=name,
            ) from error

    def xml(self, name: str) -> etree._Element | None:
        """The root element of an XML part, or None if there is no such part."""
        content = self.read(name)
        return None if content is None else parse_xml(content, file=self._file, part=name)


def parse_xml(content: bytes, *, file: str, part: str) -> etree._Element:
    """
    The root of an XML text; a document type declaration is refused, so no entity is ever expanded.

    Raises:
        UnreadableDocumentError: broken XML, or one with a document type declaration.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if _declares_type(content[:_PROLOGUE]):
            raise _document_type(file, part) from error
        refuse_memory(parser)
        if "depth" in error.msg:
            raise too_deep(file) from error
        if "limit" in error.msg:
            raise UnreadableDocumentError(
                "{file}: part «{part}» holds a text longer than any of a roadmap (line {line}); split the text.",
                file=file,
                part=part,
                line=error.lineno or 0,
            ) from error
        raise UnreadableDocumentError(
            "{file}: part «{part}» is no valid XML (line {line}); save the document again and load that.",
            file=file,
            part=part,
            line=error.lineno or 0,
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type(file, part)
    return root


def refuse_memory(parser: etree.XMLParser | etree.HTMLParser) -> None:
    """
    What libxml2 calls an error of the document may be none.

    Raises:
        MemoryError: the parser ran out of memory.
    """
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError


def too_deep(file: str) -> UnreadableDocumentError:
    """What is said of elements inside elements without end."""
    return UnreadableDocumentError(
        "{file}: tables or other parts are nested too deeply; save the document again without them.", file=file
    )


def _declares_type(start: bytes) -> bool:
    # In UTF-16 every second byte is zero.
    return b"<!DOCTYPE" in start.replace(b"\0", b"")


def _document_type(file: str, part: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        "{file}: part «{part}» declares a document type, which office programs never write; it is not read: "
        "open the document, save it again and load that.",
        file=file,
        part=part,
    )
