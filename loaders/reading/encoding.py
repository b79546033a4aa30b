"""Bytes to text: Russian documents come in five character sets."""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

from loaders.cells import Remark, UnreadableDocumentError

_CANDIDATES = ["cp1251", "koi8_r", "cp866", "utf_16_le", "utf_16_be", "mac_cyrillic", "iso8859_5"]
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The ten letters that make up over half of Russian prose: a wrong single-byte table scatters them.
_COMMON_LETTERS = re.compile("[оеаинтслрв]")


def decode(content: bytes, *, file: str) -> tuple[str, tuple[Remark, ...]]:
    """
    The text, and a note when the character set had to be guessed.

    Guarantees no replacement characters: a file that fits no character set is refused.

    Raises:
        UnreadableDocumentError: no character set gives readable text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), ()
            except UnicodeDecodeError:
                break
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    found = _guess(content)
    if found is None:
        raise UnreadableDocumentError(
            "{file}: the text is in no known character set; save it as UTF-8 and load it again.", file=file
        )
    text, encoding = found
    return text, (Remark("encoding-guessed", encoding),)


def _guess(content: bytes) -> tuple[str, str] | None:
    matches = from_bytes(content, cp_isolation=_CANDIDATES)
    proposed = [match.encoding for match in matches]
    best: tuple[float, str, str] | None = None
    for encoding in dict.fromkeys([*proposed, *_CANDIDATES]):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        quality = _russian_share(text) + (0.02 if encoding in proposed else 0.0)
        if best is None or quality > best[0]:
            best = (quality, text, encoding)
    if best is None or best[0] < 0.05:
        return None
    return best[1], best[2]


def _russian_share(text: str) -> float:
    """Share of the commonest Russian letters, less the share of characters that no document prints."""
    if not text:
        return 0.0
    odd = sum(
        unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"} and character not in "\t\r\n\f"
        for character in text
    )
    return (len(_COMMON_LETTERS.findall(text)) - 5 * odd) / len(text)
