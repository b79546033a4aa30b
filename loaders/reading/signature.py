"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import re

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a zipped office document (docx, xlsx, odt or the like)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (doc, xls)"),
    (b"{\\rtf", "a rich text file (rtf)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\x1f\x8b", "a packed archive"),
    (b"7z\xbc\xaf", "a packed archive"),
    (b"Rar!", "a packed archive"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Text has a stray control character now and then; a binary file is full of them.
_MOST_CONTROL_SHARE = 0.01


def binary_format(content: bytes) -> str | None:
    """The name of a format that is not text, or None if the bytes may be text."""
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return name
    if content.startswith(_UTF16_MARKS) or _looks_like_utf16(content):
        return None
    sample = content[:65536]
    return "a binary file" if len(_CONTROL.findall(sample)) > _MOST_CONTROL_SHARE * len(sample) else None


def _looks_like_utf16(content: bytes) -> bool:
    """Cyrillic in UTF-16 has 0x04 in every second byte, blanks and digits 0x00."""
    sample = content[:4096]
    if len(sample) < 16:
        return False
    halves = (sample[0::2], sample[1::2])
    return any(sum(half.count(byte) for byte in (b"\x04", b"\x00")) > 0.8 * len(half) for half in halves)
