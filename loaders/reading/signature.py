"""What a file is by its bytes, whatever its name says."""

from __future__ import annotations

import re
from typing import Final, Literal

from loaders.cells import UnreadableDocumentError
from loaders.messages import Message
from loaders.reading.archive import Archive

Format = Literal["pdf", "docx", "doc", "rtf", "odt", "xlsx", "xlsb", "xls", "ods", "mht", "html", "text"]

_SIGNATURES: Final = (
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"BM", "picture"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"AT&TFORM", "scan"),
)
_REFUSALS: Final = {
    "picture": Message("{file}: a picture; run text recognition (OCR) on it and load the text."),
    "archive": Message("{file}: a packed archive, which is not opened; unpack it and load the documents."),
    "scan": Message("{file}: a DjVu scan; run text recognition (OCR) on it and load the text."),
    "binary": Message(
        "{file}: a binary file; load the document as .docx, .xlsx, .odt, .ods, .pdf, .html or plain text."
    ),
}
_PARTS: Final[tuple[tuple[str, Format], ...]] = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
)
_OPEN_DOCUMENT: Final[tuple[tuple[bytes, Format], ...]] = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
)
# Names of streams in the directory of an old Office file (MS-CFB 2.6.1) are UTF-16.
_STREAMS: Final[tuple[tuple[str, Format], ...]] = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"))
_PAGE: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*(?:<!doctype\s+html|<html\b)", re.IGNORECASE | re.DOTALL
)
_MAIL: Final = re.compile(
    rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?content-type:\s*multipart/related", re.IGNORECASE
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
# Text has a stray control character now and then; a binary file is full of them.
_MOST_CONTROL_SHARE: Final = 0.01


def find_format(content: bytes, *, file: str, extension: str) -> Format:
    """
    The format by content; only a page without its `<html>` is known by its extension.

    Raises:
        UnreadableDocumentError: a format that holds no text, or an Office file behind a password.
    """
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content, file)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound(content, file)
    if content.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    known = next((name for signature, name in _SIGNATURES if content.startswith(signature)), None)
    if known == "picture" and content.startswith(b"BM") and not _is_binary(content):
        known = None
    if known is None and _is_binary(content):
        known = "binary"
    if known is not None:
        raise UnreadableDocumentError(_REFUSALS[known].template, file=file)
    start = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if _MAIL.match(start):
        return "mht"
    return "html" if _PAGE.match(start) or extension in {"html", "htm", "xhtml"} else "text"


def _zipped(content: bytes, file: str) -> Format:
    archive = Archive(content, file=file)
    for part, found in _PARTS:
        if part in archive.names:
            return found
    kind = archive.read("mimetype") or b""
    for start, found in _OPEN_DOCUMENT:
        if kind.startswith(start):
            return found
    raise UnreadableDocumentError(
        "{file}: an archive without a text document or spreadsheet inside; unpack it and load the documents.", file=file
    )


def _compound(content: bytes, file: str) -> Format:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableDocumentError("{file}: protected by a password; save it without one and load that.", file=file)
    for stream, found in _STREAMS:
        if stream.encode("utf-16-le") + b"\x00\x00" in content:
            return found
    raise UnreadableDocumentError(
        "{file}: an old Office file that is no Word document and no spreadsheet; save it as .docx or .xlsx.", file=file
    )


def _is_binary(content: bytes) -> bool:
    if content.startswith(_UTF16_MARKS) or _looks_like_utf16(content):
        return False
    sample = content[:65536]
    return len(_CONTROL.findall(sample)) > _MOST_CONTROL_SHARE * len(sample)


def _looks_like_utf16(content: bytes) -> bool:
    """Cyrillic in UTF-16 has 0x04 in every second byte, blanks and digits 0x00."""
    sample = content[:4096]
    if len(sample) < 16:
        return False
    halves = (sample[0::2], sample[1::2])
    return any(sum(half.count(byte) for byte in (b"\x04", b"\x00")) > 0.8 * len(half) for half in halves)
